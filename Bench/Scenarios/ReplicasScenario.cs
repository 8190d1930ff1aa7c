using Granary.Bench.Load;
using Granary.Bench.Mcp;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>Several gateways without silos, all of them appending to one vault in Redis: the fence decides, and must not cost too much.</summary>
internal sealed class ReplicasScenario : Scenario
{
    private const int Gateways = 4;
    private const double MinRate = 1_000;

    public override string Name => "replicas";

    public override string Title => "Gateways contending for one vault";

    public override IEnumerable<string> Projects(BenchOptions options) => options.Gateway is null ? ["Gateway"] : [];

    public override Task<string?> ObstacleAsync(BenchContext context, CancellationToken cancellation) => Task.FromResult(RedisProcess.Obstacle);

    public override async Task RunAsync(BenchContext context, Section section, CancellationToken cancellation)
    {
        var folder = context.Layout.NewDataFolder();
        var gateways = new List<ServerProcess>();
        try
        {
            await using var redis = await RedisProcess.StartAsync(folder, null, cancellation);
            var shared = new SharedRedis(redis);
            for (var i = 0; i < Gateways; i++)
                gateways.Add(await context.StartGatewayAsync(Path.Combine(folder, $"{i}"), null, cancellation, environment: shared.Replica));
            await MeasureAsync(context.Options, section, redis, gateways, cancellation);
        }
        finally
        {
            foreach (var gateway in gateways)
                await gateway.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(
        BenchOptions options, Section section, RedisProcess redis, List<ServerProcess> gateways, CancellationToken cancellation)
    {
        using var client = new McpClient(gateways[0].Port);
        Variant[] variants = [new("one gateway", new AppendLoad(client, gateways[0])), new($"{Gateways} gateways", new AppendLoad(client, gateways))];
        foreach (var variant in variants)
            await variant.RunAsync("warm", redis, options.WarmUp, cancellation);
        for (var repeat = 1; repeat <= options.Repeats; repeat++)
        {
            foreach (var variant in variants)
                await variant.MeasureAsync($"{repeat}", redis, options.ShortDuration, cancellation);
            BenchContext.Say($"repeat {repeat}: {string.Join(", ", variants.Select(v => $"{v.Name} {v.Figures.Rate.Median:F0}/s"))}");
        }
        Report(section, redis, variants);
    }

    private static void Report(Section section, RedisProcess redis, Variant[] variants)
    {
        var contended = variants[^1].Figures.Rate;
        section.Paragraph(
            $"`append_event` to one vault, {AppendLoad.Connections} connections spread over the gateways, closed loop; the replicas shape over Redis {redis.Version} with appendfsync everysec; "
            + "nothing but the load generator is pinned. After every repeat the vault verifies, has as many events as there were receipts, and no two receipts "
            + "name the same position.");
        section.Table(
            ["what", "per second", "gateways' CPU µs each", "Redis CPU µs each", "p50 ms", "p99 ms"],
            variants.Select(v => v.Figures.Row(v.Name, v.RedisCpu.Show("F0"))));
        section.Targets([new($"appends/s, {Gateways} gateways, one vault, no fork", $"≥ {MinRate}", contended.Show("F0"), contended.Median >= MinRate)]);
    }

    private sealed record Variant(string Name, AppendLoad Load)
    {
        public AppendFigures Figures { get; } = new();

        public Sample RedisCpu { get; } = new();

        public async Task MeasureAsync(string repeat, RedisProcess redis, TimeSpan duration, CancellationToken cancellation)
        {
            var (load, cpu) = await RunAsync(repeat, redis, duration, cancellation);
            Figures.Record(load);
            RedisCpu.Add(cpu / load.Requests);
        }

        // A new vault each time: what it must hold is then what this run was told.
        public async Task<(LoadResult Load, double RedisCpu)> RunAsync(string repeat, RedisProcess redis, TimeSpan duration, CancellationToken cancellation)
        {
            var vault = $"{Name.Replace(' ', '-')}/{repeat}";
            await Load.CreateAsync(vault, cancellation);
            var cpu = new CpuMeter(redis.Pid);
            var (load, receipts) = await Load.ContendAsync(vault, duration, cancellation);
            var used = cpu.Read()[0];
            await Load.VerifyAsync(vault, cancellation, receipts.Count);
            return (load, used);
        }
    }
}
