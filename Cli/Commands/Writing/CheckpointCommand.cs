using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Vault.Checkpoints;

namespace Granary.Cli.Commands.Writing;

/// <summary><c>checkpoint</c>: a signed snapshot of the state, listed in the manifest.</summary>
internal sealed class CheckpointCommand() : WritingCommand("checkpoint", "Writes a signed snapshot of the belief state, and the manifest that lists it.")
{
    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        await using var writer = await OpenAsync(run, cancellation);
        using var state = await FolderState.ReplayAsync(writer.Vault.Log, psmc: false, run, cancellation);
        var key = writer.Vault.Signer;
        var document = Checkpoint.Write(state.State, key, writer.Now, await writer.MerkleRootAsync(cancellation));
        await writer.AddAsync(document.Name, document.Content, cancellation);
        return Saved(Path.Combine(Place(run).Folder, document.Name), state.State.EventCount);
    }

    /// <summary>What either format's command says.</summary>
    public static Outcome Saved(string path, long count) => new(
        new JsonObject { ["path"] = path, ["event_count"] = count },
        screen => screen.Line($"Checkpoint saved: {path} (events={count})"));
}
