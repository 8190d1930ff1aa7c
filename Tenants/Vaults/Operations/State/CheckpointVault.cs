using System.Text;
using Granary.Vault.Backpack;
using Granary.Vault.Checkpoints;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Operations.State;

/// <summary>
/// <c>checkpoint_vault</c> to <c>{path, event_count, state_hash}</c>: writes the state, signed, and keeps what the next opening goes on from
/// instead of replaying the log. Safe to repeat: the same state has the same name.
/// </summary>
internal sealed class CheckpointVault() : VaultOperation("checkpoint_vault")
{
    public override bool Writes => true;

    public override async Task<VaultResult> RunAsync(OperationContext context)
    {
        var root = await context.Log.ReadDocumentAsync(Manifest.RootName, context.Cancellation) is { } text ? Encoding.ASCII.GetString(text.Span).Trim() : null;
        var time = context.Time.GetUtcNow();
        // Between commits to its end: a redaction must find all of it, to drop it.
        var (path, head, hash) = await context.Door.BetweenCommitsAsync(async vault =>
        {
            var (document, kept, head, hash) = await vault.State.UseAsync(
                state => (Checkpoint.Write(state, vault.Signer, time, root), ResumePoint.Write(state, vault.Log.Head, vault.Signer, time), vault.Log.Head, state.StateHash()),
                context.Progress,
                CancellationToken.None);
            await vault.Log.WriteDocumentAsync(document, derived: false, CancellationToken.None);
            await ResumePoint.KeepAsync(vault.Log, kept, head, CancellationToken.None);
            return (document.Name, head, hash);
        });
        return Results.Object(json =>
        {
            json.WriteString("path", path);
            json.WriteNumber("event_count", head.Count);
            json.WriteString("state_hash", hash);
        });
    }
}
