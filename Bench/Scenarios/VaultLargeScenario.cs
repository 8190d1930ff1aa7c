using System.Diagnostics;
using Granary.Bench.Load;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Vaults;
using Granary.Tenants.Vaults;
using Granary.Vault.Storage.Files.Commits;

namespace Granary.Bench.Scenarios;

/// <summary>A vault of a million events: appends are as fast as to a small one, it opens at once, and its activation stays small.</summary>
internal sealed class VaultLargeScenario(VaultShape shape) : Scenario
{
    private const int SmallEvents = 1_000;
    private const int Measured = 10_000;
    private const double MinRatio = 0.9;
    private const double MaxOpen = 1_000;
    private const double MaxMemory = 64;
    private const double Megabyte = 1024 * 1024;

    public override string Name => $"vault-large-{shape.Name}";

    public override string Title => $"A vault of a million events, {shape.Name}";

    public override IEnumerable<string> Projects(BenchOptions options) => [];

    public override async Task RunAsync(BenchContext context, Section section, CancellationToken cancellation)
    {
        var folder = context.Layout.NewDataFolder();
        await CpuPinning.FreeSelfAsync(cancellation);
        try
        {
            var events = context.Options.Quick ? 50_000 : 1_000_000;
            var begin = Stopwatch.GetTimestamp();
            await shape.FillAsync(shape.Store(folder, "large"), events, cancellation);
            BenchContext.Say($"{events} events written in {Stopwatch.GetElapsedTime(begin).TotalSeconds:F0} s");
            var figures = new Figures();
            await OpenAsync(context.Options, folder, figures, cancellation);
            await AppendAsync(context.Options, folder, figures, cancellation);
            Report(section, events, figures);
        }
        finally
        {
            await CpuPinning.PinSelfAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task OpenAsync(BenchOptions options, string folder, Figures figures, CancellationToken cancellation)
    {
        for (var repeat = 0; repeat <= options.Repeats; repeat++)
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var begin = Stopwatch.GetTimestamp();
            await using var vault = shape.Activate(folder, "large");
            await vault.AppendAsync(shape.Event(0), cancellation);
            var elapsed = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            var memory = GC.GetTotalMemory(forceFullCollection: true) - before;
            if (repeat == 0)
                continue;
            figures.Open.Add(elapsed);
            figures.Memory.Add(memory / Megabyte);
        }
        BenchContext.Say($"opened in {figures.Open.Show("F0")} ms, {figures.Memory.Show("F1")} MB");
    }

    private async Task AppendAsync(BenchOptions options, string folder, Figures figures, CancellationToken cancellation)
    {
        await using var commits = CommitLog.Open(new CommitLogOptions { Root = folder }, out _);
        await using var large = shape.Activate(folder, "large", commits);
        await StormAsync(large, cancellation);
        for (var repeat = 1; repeat <= options.Repeats; repeat++)
        {
            // A vault grows while it is measured: the small one is new each time.
            await shape.FillAsync(shape.Store(folder, $"small{repeat}"), SmallEvents, cancellation);
            await using var small = shape.Activate(folder, $"small{repeat}", commits);
            figures.Small.Record(await StormAsync(small, cancellation));
            figures.Large.Record(await StormAsync(large, cancellation));
            BenchContext.Say($"repeat {repeat}: small {figures.Small.Rate.Median:F0}/s, large {figures.Large.Rate.Median:F0}/s");
        }
    }

    private Task<StormResult> StormAsync(VaultActivation vault, CancellationToken cancellation) =>
        AppendStorm.RunAsync(shape, [vault], LoadBudget.Of(Measured), cancellation);

    private static void Report(Section section, int events, Figures figures)
    {
        section.Paragraph($"Events of {VaultShape.EventBytes} bytes in files. Opening: a new activation of the vault of {events} events, until its first append is acknowledged; "
            + "its memory is what the managed heap holds more then, after a full collection. "
            + $"Appends: {AppendStorm.Callers} callers in a closed loop, {Measured} appends each time, to a vault that had {SmallEvents} events before and to the large one.");
        section.Table(StormFigures.Columns, [figures.Small.Row(), figures.Large.Row()]);
        var ratio = figures.Large.Rate.Over(figures.Small.Rate);
        section.Targets(
        [
            new("rate of the large vault over that of the small one", $"≥ {MinRatio}", ratio.Show("F2"), ratio.Median >= MinRatio),
            new($"opening {events} events", $"≤ {MaxOpen} ms", $"{figures.Open.Show("F0")} ms", figures.Open.Median <= MaxOpen),
            new("memory of the activation", $"≤ {MaxMemory} MB", $"{figures.Memory.Show("F1")} MB", figures.Memory.Median <= MaxMemory),
        ]);
    }

    private sealed record Figures
    {
        public StormFigures Small { get; } = new($"{SmallEvents} events before");

        public StormFigures Large { get; } = new("the large one");

        public Sample Open { get; } = new();

        public Sample Memory { get; } = new();
    }
}
