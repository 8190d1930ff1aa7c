using Granary.Bench.Load;
using Granary.Bench.Mcp;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>Acknowledged, hence durable, appends over HTTP, beside what the disk can do.</summary>
internal sealed class AppendScenario : BenchScenario
{
    private const int Vaults = 64;
    private const double MinRateMany = 5_000;
    private const double MinRateOne = 4_000;
    private const double MinLargeRatio = 0.9;
    private const long SmallEvents = 1_000;
    private const long LargeEvents = 100_000;
    private const long Measured = 4_000;

    private static readonly TimeSpan ProbeDuration = TimeSpan.FromSeconds(2);

    public override string Name => "append";

    public override string Title => "Durable appends over HTTP";

    public override IEnumerable<string> Projects(BenchOptions options) => options.Gateway is null ? ["Gateway"] : [];

    public override async Task RunAsync(BenchContext context, Section section, CancellationToken cancellation)
    {
        var folder = context.Layout.NewDataFolder();
        try
        {
            await using var gateway = await context.StartGatewayAsync(folder, core: null, cancellation);
            using var client = new GatewayClient(gateway.Port);
            var load = new AppendLoad(client, gateway);
            var rates = await RatesAsync(context.Options, load, folder, cancellation);
            var (small, large) = await SizesAsync(context.Options, load, cancellation);
            Report(section, rates, small, large);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Rates> RatesAsync(BenchOptions options, AppendLoad load, string folder, CancellationToken cancellation)
    {
        var many = Enumerable.Range(0, Vaults).Select(i => $"many/{i:D2}").ToArray();
        foreach (var vault in many.Append("one"))
            await load.CreateAsync(vault, cancellation);
        foreach (var vaults in (string[][])[many, ["one"]])
            await WarmUp.RunAsync(async () => (await load.ForAsync(vaults, options.WarmUp, cancellation)).CpuPerRequest);
        var rates = new Rates();
        for (var repeat = 1; repeat <= options.Repeats; repeat++)
        {
            rates.OneFile.Add(await FsyncProbe.RateAsync(folder, 1, ProbeDuration));
            rates.Many.Record(await load.ForAsync(many, options.Duration, cancellation));
            rates.ManyFiles.Add(await FsyncProbe.RateAsync(folder, Vaults, ProbeDuration));
            rates.One.Record(await load.ForAsync(["one"], options.Duration, cancellation));
            Progress.Say($"repeat {repeat}: {Vaults} vaults {rates.Many.Rate.Median:F0}/s, one {rates.One.Rate.Median:F0}/s, "
                + $"fsync {rates.OneFile.Median:F0}/s and {rates.ManyFiles.Median:F0}/s");
        }
        await load.VerifyAsync(many[0], cancellation);
        return rates;
    }

    private static async Task<(AppendFigures Small, AppendFigures Large)> SizesAsync(BenchOptions options, AppendLoad load, CancellationToken cancellation)
    {
        var (small, large) = (new AppendFigures(), new AppendFigures());
        await load.CreateAsync("large", cancellation);
        await load.CountAsync("large", LargeEvents, cancellation);
        for (var repeat = 1; repeat <= options.Repeats; repeat++)
        {
            // A vault grows while it is measured: the small one is new each time.
            await load.CreateAsync($"small/{repeat}", cancellation);
            await load.CountAsync($"small/{repeat}", SmallEvents, cancellation);
            small.Record(await load.CountAsync($"small/{repeat}", Measured, cancellation));
            large.Record(await load.CountAsync("large", Measured, cancellation));
            Progress.Say($"repeat {repeat}: small {small.Rate.Median:F0}/s, large {large.Rate.Median:F0}/s");
        }
        return (small, large);
    }

    private static void Report(Section section, Rates rates, AppendFigures small, AppendFigures large)
    {
        section.Paragraph("`append_event` with a small note, 64 connections, closed loop; every answer is a receipt for an event that is fsync'd. "
            + "The gateway is not pinned: fsyncs and signatures use both cores, as they would in use. "
            + "The raw rates are a loop of write and fsync of 400 bytes without anything around it, in the same run on the same disk.");
        section.Table(["what", "per second", "server CPU µs each", "p50 ms", "p99 ms"],
        [
            ["raw fsync, 1 file", rates.OneFile.Show("F0"), "", "", ""],
            [$"raw fsync, {Vaults} files", rates.ManyFiles.Show("F0"), "", "", ""],
            rates.Many.Row($"appends, {Vaults} vaults"),
            rates.One.Row("appends, one vault"),
            small.Row($"appends, one vault of {SmallEvents} events"),
            large.Row($"appends, one vault of {LargeEvents} events"),
        ]);
        section.Paragraph($"Appends per raw fsync: {rates.Many.Rate.Over(rates.ManyFiles).Show("F2")} over {Vaults} vaults, "
            + $"{rates.One.Rate.Over(rates.OneFile).Show("F2")} into one; more than 1 is group commit.");
        var ratio = large.Rate.Over(small.Rate);
        section.Targets(
        [
            new($"appends/s, {Vaults} vaults", $"≥ {MinRateMany}", rates.Many.Rate.Show("F0"), rates.Many.Rate.Median >= MinRateMany),
            new("appends/s, one vault", $"≥ {MinRateOne}", rates.One.Rate.Show("F0"), rates.One.Rate.Median >= MinRateOne),
            new($"rate at {LargeEvents} events over rate at {SmallEvents}", $"≥ {MinLargeRatio}", ratio.Show("F2"), ratio.Median >= MinLargeRatio),
        ]);
    }

    private sealed record Rates
    {
        public Sample OneFile { get; } = new();

        public Sample ManyFiles { get; } = new();

        public AppendFigures Many { get; } = new();

        public AppendFigures One { get; } = new();
    }
}
