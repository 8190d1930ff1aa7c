using System.CommandLine;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Cli.Vaults;
using Granary.Vault.Canonical;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;

namespace Granary.Cli.Commands;

/// <summary><c>reduce</c>: the statistics of the streaming reducer.</summary>
internal sealed class ReduceCommand : VaultCommand
{
    private readonly Option<string?> _from;
    private readonly Option<string?> _to;

    public ReduceCommand() : base("reduce", "Prints counts, chain ends and the Merkle root over the events (reducer v1).")
    {
        _from = Text("--from-checkpoint", "Go on from a checkpoint file of this reducer");
        _to = Text("--save-checkpoint", "Write a checkpoint file to go on from");
        With(NumberOption.Or("--snapshot-interval", "Accepted for compatibility; only the final state is printed", 10000, "N"));
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var place = Place(run).Expect(psmc: false);
        using var reader = place.Read();
        var reducer = run.Get(_from) is { } file ? ReducerV1.Resume(OutsideFile.Read(file, "The checkpoint")) : new ReducerV1();
        var start = reducer.Offset;
        await run.Tracker.RunAsync("Reducing", reader.Count(LogStream.Events), async progress =>
        {
            await foreach (var line in EventLines.ReadAsync(reader, progress, cancellation))
            {
                if (line.Offset >= start)
                    reducer.Apply(line.Text.Span);
            }
            return true;
        });
        if (run.Get(_to) is { } target)
        {
            using var checkpoint = new PooledBuffer(1024);
            reducer.WriteCheckpoint(checkpoint);
            await File.WriteAllBytesAsync(target, checkpoint.Written.ToArray(), cancellation);
        }
        using var state = new PooledBuffer(1024);
        reducer.WriteState(state);
        return Outcome.Of(ConsoleJson.Read(state.Written));
    }
}
