using System.Diagnostics;
using Granary.Bench.Load;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;
using Granary.Bench.Vaults;
using Granary.Tenants;
using Granary.Tenants.Vaults;
using Granary.Vault.Checkpoints;
using Granary.Vault.Reducer;
using Granary.Vault.Storage.Files.Commits;

namespace Granary.Bench.Scenarios;

/// <summary>A vault of a million events: appends are as fast as to a small one, it opens at once, and its activation stays small.</summary>
internal sealed class VaultLargeScenario(VaultShape shape) : OwnProcessScenario
{
    private const int SmallEvents = 1_000;
    private const int Measured = 10_000;
    private const double MinRatio = 0.9;
    private const double MinVerify = 0.85;
    private const double MaxOpen = 1_000;
    private const double MinReplay = 200_000;
    private const double MaxMemory = 64;
    private const double Megabyte = 1024 * 1024;

    // A second after the last append a vault writes what follows from its log.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    public override string Name => $"vault-large-{shape.Name}";

    public override string Title => $"A vault of a million events, {shape.Name}";

    protected override async Task MeasureAsync(BenchContext context, string folder, Section section, CancellationToken cancellation)
    {
        var events = context.Options.Quick ? 50_000 : 1_000_000;
        var begin = Stopwatch.GetTimestamp();
        await shape.FillAsync(VaultShape.Store(folder, "large"), events, cancellation);
        Progress.Say($"{events} events written in {Stopwatch.GetElapsedTime(begin).TotalSeconds:F0} s");
        var figures = new Figures(shape.SignedBytes);
        await VerifyAsync(context.Options, folder, figures, cancellation);
        await ReplayAsync(context.Options, folder, figures, cancellation);
        await ResumeAsync(context.Options, folder, figures, cancellation);
        await OpenAsync(context.Options, folder, figures, cancellation);
        await AppendAsync(context.Options, folder, figures, cancellation);
        Report(section, events, figures);
    }

    /// <summary>Verifies the whole vault on all cores, and signatures alone in turn with it.</summary>
    private async Task VerifyAsync(BenchOptions options, string folder, Figures figures, CancellationToken cancellation)
    {
        await using var vault = await shape.OpenAsync(VaultShape.Store(folder, "large"), cancellation);
        for (var repeat = 1; repeat <= options.Repeats; repeat++)
        {
            figures.Raw.MeasureAll(options.ShortDuration);
            var begin = Stopwatch.GetTimestamp();
            figures.Verify.Add(await shape.VerifyAsync(vault.Log, cancellation) / Stopwatch.GetElapsedTime(begin).TotalSeconds);
            Progress.Say($"repeat {repeat}: verified {figures.Verify.Median:F0}/s, signatures alone {figures.Raw.VerifyAll.Median:F0}/s");
        }
    }

    /// <summary>Reduces the whole log, and leaves a checkpoint of it.</summary>
    private async Task ReplayAsync(BenchOptions options, string folder, Figures figures, CancellationToken cancellation)
    {
        await using var vault = await shape.OpenAsync(VaultShape.Store(folder, "large"), cancellation);
        for (var repeat = 0; repeat <= options.Repeats; repeat++)
        {
            using var reducer = new LogReducer(shape.View);
            var begin = Stopwatch.GetTimestamp();
            await reducer.CatchUpAsync(vault.Log, null, cancellation);
            var elapsed = Stopwatch.GetElapsedTime(begin);
            if (repeat > 0)
                figures.Replay.Add(reducer.Position / elapsed.TotalSeconds);
            if (repeat < options.Repeats)
                continue;
            figures.StateHash = reducer.State.StateHash();
            var checkpoint = ResumePoint.Write(reducer.State, vault.Log.Head, shape.Key, TimeProvider.System.GetUtcNow());
            figures.CheckpointSize = checkpoint.Sum(document => document.Content.Length) / Megabyte;
            await ResumePoint.KeepAsync(vault.Log, checkpoint, vault.Log.Head, cancellation);
        }
        Progress.Say($"replayed {figures.Replay.Show("F0")}/s, checkpoint of {figures.CheckpointSize:F1} MB");
    }

    /// <summary>Opens the vault with its state, from the checkpoint.</summary>
    private async Task ResumeAsync(BenchOptions options, string folder, Figures figures, CancellationToken cancellation)
    {
        for (var repeat = 0; repeat <= options.Repeats; repeat++)
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var begin = Stopwatch.GetTimestamp();
            await using var vault = await shape.OpenAsync(VaultShape.Store(folder, "large"), cancellation);
            var resumer = new StateResumer(
                vault.Log, vault.Log.ReadBesideAsync, shape.Entries, shape.View, id => id == shape.Key.PublicKey.KeyId ? shape.Key.PublicKey : null);
            var resumed = await resumer.ResumeAsync(cancellation);
            using var reducer = resumed.Reducer;
            await reducer.CatchUpAsync(vault.Log, null, cancellation);
            var elapsed = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            var memory = GC.GetTotalMemory(forceFullCollection: true) - before;
            if (resumed.Point is null || reducer.State.StateHash() != figures.StateHash)
                throw new BenchException($"The state was not resumed from its checkpoint: {resumed.Refusal}");
            if (repeat == 0)
                continue;
            figures.Resume.Add(elapsed);
            figures.StateMemory.Add(memory / Megabyte);
        }
        Progress.Say($"resumed in {figures.Resume.Show("F0")} ms, {figures.StateMemory.Show("F1")} MB");
    }

    private async Task OpenAsync(BenchOptions options, string folder, Figures figures, CancellationToken cancellation)
    {
        for (var repeat = 0; repeat <= options.Repeats; repeat++)
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var begin = Stopwatch.GetTimestamp();
            await using var vault = VaultShape.Activate(folder, "large");
            await vault.AppendAsync(shape.Event(0), cancellation);
            var elapsed = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            var memory = GC.GetTotalMemory(forceFullCollection: true) - before;
            if (repeat == 0)
                continue;
            figures.Open.Add(elapsed);
            figures.Memory.Add(memory / Megabyte);
        }
        Progress.Say($"opened in {figures.Open.Show("F0")} ms, {figures.Memory.Show("F1")} MB");
    }

    private async Task AppendAsync(BenchOptions options, string folder, Figures figures, CancellationToken cancellation)
    {
        await using var commits = CommitLog.Open(new CommitLogOptions { Root = folder }, out _);
        await using var large = VaultShape.Activate(folder, "large", commits);
        await StormAsync(large, cancellation);
        // It was filled without an activation: its first signed head takes the whole log, every other one what has come since.
        await large.RunAsync(new VaultCall("get_signed_head", "{}"u8.ToArray()), null, cancellation);
        await Task.Delay(Settled, cancellation);
        for (var repeat = 1; repeat <= options.Repeats; repeat++)
        {
            // A vault grows while it is measured: the small one is new each time.
            await shape.FillAsync(VaultShape.Store(folder, $"small{repeat}"), SmallEvents, cancellation);
            await using var small = VaultShape.Activate(folder, $"small{repeat}", commits);
            figures.Small.Record(await StormAsync(small, cancellation));
            figures.Large.Record(await StormAsync(large, cancellation));
            Progress.Say($"repeat {repeat}: small {figures.Small.Rate.Median:F0}/s, large {figures.Large.Rate.Median:F0}/s");
        }
    }

    private Task<StormResult> StormAsync(VaultActivation vault, CancellationToken cancellation) =>
        AppendStorm.RunAsync(shape, [vault], LoadBudget.Of(Measured), cancellation);

    private void Report(Section section, int events, Figures figures)
    {
        section.Paragraph(
            $"Events of {shape.EventBytes} bytes in files, about {VaultShape.Subjects} beliefs. Replay: the whole log through the reducer, on one thread. Opening from the checkpoint: the vault opened for appending "
            + $"and its state, evidence included, taken from a signed checkpoint of {figures.CheckpointSize:F0} MB at the log's end, with the hash of a full replay. Opening for appending: a new activation until its first append is acknowledged, "
            + $"which needs no state. Verification: of the whole vault, on {Environment.ProcessorCount} cores; signatures alone are NSec's of as many bytes as an event's ({shape.SignedBytes}), each another one as in a log, with nothing around them, on as many cores. Memory is what the managed heap holds more then, after a full collection. "
            + $"Appends: {AppendStorm.Callers} callers in a closed loop, {Measured} appends each time, to a vault that had {SmallEvents} events before and to the large one.");
        section.Table(StormFigures.Columns, [figures.Small.Row(), figures.Large.Row()]);
        section.Table(["what", "figure"],
        [
            ["verified", $"{figures.Verify.Show("F0")} events/s"],
            ["signatures alone", $"{figures.Raw.VerifyAll.Show("F0")}/s"],
            ["one signature again and again, for comparison", $"{figures.Raw.VerifySame.Show("F0")}/s"],
            ["opened for appending", $"{figures.Open.Show("F0")} ms"],
            ["heap of the vault with its belief state", $"{figures.StateMemory.Show("F1")} MB"],
        ]);
        var ratio = figures.Large.Rate.Over(figures.Small.Rate);
        var verified = figures.Verify.Over(figures.Raw.VerifyAll);
        section.Targets(
        [
            new("verification over signatures alone, all cores", $"≥ {MinVerify}", verified.Show("F2"), verified.Median >= MinVerify),
            new("rate of the large vault over that of the small one", $"≥ {MinRatio}", ratio.Show("F2"), ratio.Median >= MinRatio),
            new($"opening {events} events from a checkpoint", $"≤ {MaxOpen} ms", $"{figures.Resume.Show("F0")} ms", figures.Resume.Median <= MaxOpen),
            new("full replay, events/s", $"≥ {MinReplay}", figures.Replay.Show("F0"), figures.Replay.Median >= MinReplay),
            new("memory of the activation, belief state aside", $"≤ {MaxMemory} MB", $"{figures.Memory.Show("F1")} MB", figures.Memory.Median <= MaxMemory),
        ]);
    }

    private sealed record Figures(int SignedBytes)
    {
        public RawSpeed Raw { get; } = new(SignedBytes);

        public Sample Verify { get; } = new();

        public StormFigures Small { get; } = new($"{SmallEvents} events before");

        public StormFigures Large { get; } = new("the large one");

        public Sample Replay { get; } = new();

        public Sample Resume { get; } = new();

        public Sample StateMemory { get; } = new();

        public Sample Open { get; } = new();

        public Sample Memory { get; } = new();

        public double CheckpointSize { get; set; }

        public string StateHash { get; set; } = "";
    }
}
