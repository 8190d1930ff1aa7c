using Granary.Bench.Builds;
using Granary.Bench.Mcp;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;
using Granary.Bench.Vaults;

namespace Granary.Bench.Scenarios;

/// <summary>This build and another one, in turns: events written, verified, appended through the library and over HTTP. Figures are per core: of CPU time.</summary>
internal sealed class VaultBuildsScenario : BenchScenario
{
    private const int Vaults = 64;
    private const double MinWork = 1.6;
    private const double MinLibrary = 1.35;
    private const double MinHttp = 1.3;

    public override string Name => "vault-builds";

    public override string Title => "Vaults beside another build";

    public override IEnumerable<string> Projects(BenchOptions options) => ["Gateway"];

    public override Task<string?> ObstacleAsync(BenchContext context, CancellationToken cancellation) =>
        Task.FromResult(context.Options.Baseline is null ? "it needs --baseline DIR, the checkout of another commit with Release builds of Bench and Gateway" : null);

    public override async Task RunAsync(BenchContext context, Section section, CancellationToken cancellation)
    {
        var folder = context.Layout.NewDataFolder();
        var baseline = Path.GetFullPath(context.Options.Baseline!);
        try
        {
            var all = await LibraryAsync(context.Options, baseline, folder, cancellation);
            all.AddRange(await HttpAsync(context, baseline, folder, cancellation));
            await ReportAsync(section, baseline, all, cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<List<Pair>> LibraryAsync(BenchOptions options, string baseline, string folder, CancellationToken cancellation)
    {
        var (events, seconds) = options.Quick ? (5_000, 1) : (25_000, 3);
        await using var before = WorkerProcess.Start(Layout.Release(baseline, "Bench"), Path.Combine(folder, "before"));
        await using var after = WorkerProcess.Start(Layout.Self, Path.Combine(folder, "after"));
        var pairs = new List<Pair>();
        foreach (var shape in VaultShape.All.Select(shape => shape.Name))
        {
            foreach (var worker in (WorkerProcess[])[before, after])
                await worker.MeasureAsync($"fill {shape} {events}", cancellation);
            pairs.Add(new Pair($"{shape}: events written", MinWork, $"sign {shape} {seconds}"));
            pairs.Add(new Pair($"{shape}: events verified", MinWork, $"verify {shape} 0"));
            pairs.Add(new Pair($"{shape}: durable appends, library, {Vaults} vaults", MinLibrary, $"append {shape} {Vaults} {seconds}"));
            pairs.Add(new Pair($"{shape}: durable appends, library, one vault", MinLibrary, $"append {shape} 1 {seconds}"));
        }
        for (var repeat = 0; repeat <= options.Repeats; repeat++)
        {
            foreach (var pair in pairs)
            {
                // The one that goes first changes, and the first repeat warms the code and does not count.
                var old = repeat % 2 == 0 ? await before.MeasureAsync(pair.Command, cancellation) : 0;
                var now = await after.MeasureAsync(pair.Command, cancellation);
                if (repeat % 2 != 0)
                    old = await before.MeasureAsync(pair.Command, cancellation);
                if (repeat > 0)
                    pair.Record(old, now);
            }
            Progress.Say($"repeat {repeat}: {string.Join(", ", pairs.Select(pair => $"{pair.Ratio.Median:F2}"))}");
        }
        return pairs;
    }

    private static async Task<List<Pair>> HttpAsync(BenchContext context, string baseline, string folder, CancellationToken cancellation)
    {
        var many = Enumerable.Range(0, Vaults).Select(i => $"many/{i:D2}").ToArray();
        await using var before = await context.StartGatewayAsync(Path.Combine(folder, "http-before"), 0, cancellation, Layout.Release(baseline, "Gateway"));
        await using var after = await context.StartGatewayAsync(Path.Combine(folder, "http-after"), 0, cancellation);
        using var beforeClient = new GatewayClient(before.Port);
        using var afterClient = new GatewayClient(after.Port);
        var (beforeLoad, afterLoad) = (new AppendLoad(beforeClient, before), new AppendLoad(afterClient, after));
        var kinds = new (Pair Pair, string[] Vaults)[]
        {
            (new Pair($"psmc: durable appends, HTTP, {Vaults} vaults", MinHttp), many),
            (new Pair("psmc: durable appends, HTTP, one vault", MinHttp), ["one"]),
        };
        foreach (var load in (AppendLoad[])[beforeLoad, afterLoad])
        {
            foreach (var vault in many.Append("one"))
                await load.CreateAsync(vault, cancellation);
        }
        for (var repeat = 0; repeat <= context.Options.Repeats; repeat++)
        {
            foreach (var (pair, vaults) in kinds)
            {
                var old = repeat % 2 == 0 ? await RateAsync(beforeLoad, vaults, context.Options, cancellation) : 0;
                var now = await RateAsync(afterLoad, vaults, context.Options, cancellation);
                if (repeat % 2 != 0)
                    old = await RateAsync(beforeLoad, vaults, context.Options, cancellation);
                if (repeat > 0)
                    pair.Record(old, now);
            }
            Progress.Say($"repeat {repeat} over HTTP: {string.Join(", ", kinds.Select(kind => $"{kind.Pair.Ratio.Median:F2}"))}");
        }
        foreach (var load in (AppendLoad[])[beforeLoad, afterLoad])
            await load.VerifyAsync("one", cancellation);
        return [.. kinds.Select(kind => kind.Pair)];
    }

    private static async Task<double> RateAsync(AppendLoad load, string[] vaults, BenchOptions options, CancellationToken cancellation) =>
        1e6 / (await load.ForAsync(vaults, options.ShortDuration, cancellation)).CpuPerRequest;

    private static async Task ReportAsync(Section section, string baseline, List<Pair> pairs, CancellationToken cancellation)
    {
        section.Paragraph(
            $"This build beside that of commit {(await Machine.DescribeAsync(baseline, cancellation)).Commit}, each in processes of its own that take turns within each repeat; "
            + "the one that goes first changes from repeat to repeat. A second is one of the CPU time of the process that writes or verifies (over HTTP: of the gateway), all on one core; "
            + $"events of {VaultShape.Sizes}.");
        section.Table(["per second of CPU time", "before", "this build", "ratio"], pairs.Select(pair => pair.Row()));
        section.Targets(pairs.Select(pair => new Target(pair.What, $"≥ {pair.Min}", pair.Ratio.Show("F2"), pair.Ratio.Median >= pair.Min)));
    }

    /// <summary>One thing measured of both builds.</summary>
    private sealed class Pair(string what, double min, string command = "")
    {
        private readonly Sample _before = new();
        private readonly Sample _after = new();

        public string What => what;

        public double Min => min;

        public string Command => command;

        public Sample Ratio => _after.Over(_before);

        public void Record(double before, double after)
        {
            _before.Add(before);
            _after.Add(after);
        }

        public string[] Row() => [what, _before.Show("F0"), _after.Show("F0"), Ratio.Show("F2")];
    }
}
