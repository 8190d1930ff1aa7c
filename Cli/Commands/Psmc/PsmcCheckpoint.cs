using Granary.Cli.Commands.Writing;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Vault.Checkpoints;

namespace Granary.Cli.Commands.Psmc;

/// <summary><c>psmc checkpoint</c>.</summary>
internal sealed class PsmcCheckpoint() : PsmcCommand("checkpoint", "Writes a signed snapshot of the belief state.")
{
    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var place = Place(run);
        await using var writer = await FolderPsmcWriter.OpenAsync(place, run.Time, cancellation);
        using var state = await FolderState.ReplayAsync(writer.Vault.Log, psmc: true, run, cancellation);
        using var key = Signer.Read(place, null, null);
        var document = Checkpoint.Write(state.State, key, run.Time.GetUtcNow(), null);
        await writer.Vault.Log.WriteDocumentAsync(document, derived: false, cancellation);
        return CheckpointCommand.Saved(Path.Combine(place.Folder, document.Name), state.State.EventCount);
    }
}
