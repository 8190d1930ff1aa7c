using System.Text;
using Granary.Vault.Backpack;
using Granary.Vault.Checkpoints;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Operations.State;

/// <summary>
/// <c>checkpoint_vault</c> to <c>{path, event_count, state_hash}</c>: writes the state, signed, so that the next opening need not replay the log. Safe to
/// repeat: the same state has the same name.
/// </summary>
internal sealed class CheckpointVault() : VaultOperation("checkpoint_vault")
{
    public override bool Writes => true;

    public override async Task<VaultResult> RunAsync(OperationContext context)
    {
        var root = await context.Log.ReadDocumentAsync(Manifest.RootName, context.Cancellation) is { } text ? Encoding.ASCII.GetString(text.Span).Trim() : null;
        var (document, count, hash) = await context.Door.BetweenCommitsAsync(vault => vault.State.UseAsync(
            state => (
                Checkpoint.Write(state, vault.Signer, context.Time.GetUtcNow(), root, new CheckpointResume(vault.Log.Head)), vault.Log.Head.Count, state.StateHash()),
            context.Progress,
            CancellationToken.None));
        await context.Log.WriteDocumentAsync(document, derived: false, context.Cancellation);
        return Results.Object(json =>
        {
            json.WriteString("path", document.Name);
            json.WriteNumber("event_count", count);
            json.WriteString("state_hash", hash);
        });
    }
}
