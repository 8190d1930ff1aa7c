using Granary.Bench.Load;
using Granary.Bench.Mcp;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>What one silo does, and two, four and eight, each held to the same share of a core.</summary>
/// <param name="shards">How many shards Redis has: one Redis, or a Redis Cluster.</param>
internal sealed class SilosScenario(int shards) : ClusterScenario
{
    /// <summary>Of one core: eight silos leave enough of two cores for gateway, Redis and load.</summary>
    private const double Share = 0.06;

    /// <summary>For each silo, each on a vault and tenant of its own: more than a silo at its limit answers in one period of its share.</summary>
    private const int Connections = 96;

    private const int Repeats = 3;
    private const int QuietLooks = 6;
    private const double Alike = 0.95;
    private const double Least = 0.9;

    private static readonly int[] Sizes = [1, 2, 4, 8];

    private static readonly string[] Unlimited = ["--env", "GRANARY_RATE_PER_KEY=0", "--env", "GRANARY_RATE_PER_TENANT=0"];

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    /// <summary>A silo that joins gets new activations little by little.</summary>
    private static readonly TimeSpan Join = TimeSpan.FromSeconds(25);

    public override string Name => shards == 1 ? "silos" : "silos-redis-cluster";

    public override string Title => $"One silo to eight over {Store}, each with the same share of a core";

    private string Store => shards == 1 ? "one Redis" : $"a Redis Cluster of {shards}";

    /// <summary>All kinds of Redis.</summary>
    public static IEnumerable<SilosScenario> All { get; } = [new(1), new(3)];

    public override async Task<string?> ObstacleAsync(BenchContext context, CancellationToken cancellation) =>
        CpuQuota.Obstacle ?? await base.ObstacleAsync(context, cancellation);

    protected override async Task MeasureAsync(BenchContext context, string folder, Section section, CancellationToken cancellation)
    {
        section.Paragraph(
            $"Each silo is held to {Share:P0} of a core by a control group; gateway, Redis and the load generator are not. {Connections} connections for each silo in a closed loop, each on a vault of a tenant of its "
            + $"own, so that every silo is at its limit: what counts is how much {Sizes[^1]} silos do for each that one does. Silos join one cluster, and vaults are made {Join.TotalSeconds:F0} s later. "
            + $"Idle is what a silo uses, and what Redis is asked, while nobody calls. The silos are on one machine: what a network adds is not measured. {Setting}");
        var steps = await GrowAsync(context, folder, cancellation);
        section.Table(
            ["cluster", "appends/s", "silos' CPU µs each", "gateway CPU µs each", "Redis CPU µs each", "reads/s", "silos' CPU µs each", "share used", "idle: CPU ms/s of a silo", "idle: Redis commands/s"],
            steps.Select(step => step.Row()));
        section.Targets([Compare("appends", steps[0].Appends, steps[^1].Appends), Compare("reads", steps[0].Reads, steps[^1].Reads)]);
    }

    private static Target Compare(string what, Figures one, Figures all)
    {
        var ratio = all.Rate.Over(one.Rate);
        var limit = Least * Sizes[^1];
        return new Target($"{what}/s of {Sizes[^1]} silos over those of one", $"≥ {limit:F1}", ratio.Show("F2"), ratio.Median >= limit);
    }

    private async Task<List<Step>> GrowAsync(BenchContext context, string folder, CancellationToken cancellation)
    {
        var keys = Path.Combine(folder, "keys.json");
        await TenantKeys.WriteAsync(keys, Sizes[^1] * Connections, cancellation);
        await using var cluster = await Cluster.StartAsync(context, folder, cancellation, null, ["--api-keys", keys, .. Unlimited], TenantKeys.First, shards: shards);
        List<Step> steps = [];
        foreach (var size in Sizes)
        {
            while (cluster.Silos.Count < size)
                await cluster.AddSiloAsync();
            if (size > 1)
                await Task.Delay(Join, TimeProvider.System, cancellation);
            steps.Add(await MeasureAsync(context.Options, cluster, size, cancellation));
            Progress.Say($"{size} silos: {steps[^1].Appends.Rate.Median:F0} appends and {steps[^1].Reads.Rate.Median:F0} reads a second");
        }
        return steps;
    }

    private static async Task<Step> MeasureAsync(BenchOptions options, Cluster cluster, int silos, CancellationToken cancellation)
    {
        var (load, vault, count) = (new LoadGenerator(cluster.Gateway), $"notes-{silos}", silos * Connections);
        await load.RunAsync([TenantKeys.Call("init_vault", $$"""{"vault_path":"{{vault}}"}""")], Connections, () => LoadBudget.Of(count), echoesId: true, cancellation);
        var step = new Step(silos, cluster);
        var appends = Each(count, "append_event", $$"""{"vault_path":"{{vault}}","event_type":"note","data":{"n":{id} } }""");
        var reads = Each(count, "query_timeline", $$"""{"vault_path":"{{vault}}","limit":1}""");
        await WarmAsync(call => RunAsync(call, options.WarmUp), cluster, appends, reads);
        await QuietAsync(cluster, cancellation);
        using var quota = CpuQuota.Hold(Share, cluster.Silos.Select(silo => silo.Pid));
        await step.RestAsync(options.Duration, cancellation);
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            await step.MeasureAsync(step.Appends, () => RunAsync(appends, options.ShortDuration));
            await step.MeasureAsync(step.Reads, () => RunAsync(reads, options.ShortDuration));
        }
        return step;

        Task<LoadResult> RunAsync(RequestTemplate[] calls, TimeSpan duration) =>
            load.RunAsync(calls, calls.Length, () => LoadBudget.For(duration), echoesId: true, cancellation);
    }

    private static Task WarmAsync(Func<RequestTemplate[], Task<LoadResult>> run, Cluster cluster, RequestTemplate[] appends, RequestTemplate[] reads) => WarmUp.RunAsync(async () =>
    {
        var cpu = new CpuMeter([.. cluster.Silos.Select(silo => silo.Pid)]);
        var calls = (await run(appends)).Requests + (await run(reads)).Requests;
        return cpu.Read().Sum() / calls;
    });

    /// <summary>Waits until the silos have compiled what they noted down while they were called: two looks in a row that are alike.</summary>
    private static async Task QuietAsync(Cluster cluster, CancellationToken cancellation)
    {
        for (double last = double.MaxValue, used = double.MaxValue / 2, looks = 0; used < last * Alike && looks < QuietLooks; looks++)
        {
            var cpu = new CpuMeter([.. cluster.Silos.Select(silo => silo.Pid)]);
            await Task.Delay(Look, TimeProvider.System, cancellation);
            (last, used) = (used, cpu.Read().Sum());
        }
    }

    private static RequestTemplate[] Each(int count, string tool, string arguments) =>
        [.. Enumerable.Range(0, count).Select(tenant => BenchToolCall.Modern(tool, arguments, [("Authorization", $"Bearer {TenantKeys.Of(tenant)}")]))];

    /// <summary>What was measured of one kind of call.</summary>
    private sealed class Figures
    {
        public Sample Rate { get; } = new();

        public Sample Gateway { get; } = new();

        public Sample Silos { get; } = new();

        public Sample Redis { get; } = new();

        public Sample Used { get; } = new();
    }

    /// <summary>One size of the cluster.</summary>
    private sealed class Step(int silos, Cluster cluster)
    {
        private readonly int[] _silos = [.. cluster.Silos.Select(silo => silo.Pid)];
        private readonly int[] _redis = [.. cluster.Store.Nodes.Select(node => node.Pid)];
        private double _idle;
        private double _commands;

        public Figures Appends { get; } = new();

        public Figures Reads { get; } = new();

        /// <summary>Measures while nobody calls.</summary>
        public async Task RestAsync(TimeSpan duration, CancellationToken cancellation)
        {
            var (cpu, commands) = (new CpuMeter(_silos), await CommandsAsync());
            await Task.Delay(duration, TimeProvider.System, cancellation);
            _idle = cpu.Read().Average() / 1_000 / duration.TotalSeconds;
            _commands = (await CommandsAsync() - commands) / duration.TotalSeconds;
        }

        public async Task MeasureAsync(Figures figures, Func<Task<LoadResult>> run)
        {
            var (silo, redis) = (new CpuMeter(_silos), new CpuMeter(_redis));
            var result = await run();
            var used = silo.Read().Sum();
            figures.Rate.Add(result.Rate);
            figures.Gateway.Add(result.CpuPerRequest);
            figures.Silos.Add(used / result.Requests);
            figures.Redis.Add(redis.Read().Sum() / result.Requests);
            figures.Used.Add(used / 1e6 / result.Elapsed.TotalSeconds / (Share * silos) * 100);
        }

        public string[] Row() =>
        [
            silos == 1 ? "1 silo" : $"{silos} silos", Appends.Rate.Show("F0"), Appends.Silos.Show("F0"), Appends.Gateway.Show("F0"), Appends.Redis.Show("F0"), Reads.Rate.Show("F0"), Reads.Silos.Show("F0"),
            $"{Appends.Used.Median:F0} and {Reads.Used.Median:F0} %", $"{_idle:F1}", $"{_commands:F0}",
        ];

        private async Task<long> CommandsAsync() => (await Task.WhenAll(cluster.Store.Nodes.Select(node => node.CommandsAsync()))).Sum();
    }
}
