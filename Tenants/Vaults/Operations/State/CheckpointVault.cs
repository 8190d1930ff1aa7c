using System.Text;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Checkpoints;

namespace Granary.Tenants.Vaults.Operations.State;

/// <summary>
/// <c>checkpoint_vault</c> to <c>{path, event_count, state_hash}</c>: writes the state, signed, and keeps what the next opening goes on from
/// instead of replaying the log. Safe to repeat: the same state has the same name.
/// </summary>
internal sealed class CheckpointVault() : VaultOperation("checkpoint_vault")
{
    private const int MaxTries = 3;

    public override bool Writes => true;

    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        for (var tries = 1; ; tries++)
        {
            var result = await WriteAsync(context);
            // Somebody else may have erased meanwhile, in another process, what it says.
            if (!await context.Door.BetweenCommitsAsync(vault => vault.DropOutdatedCheckpointsAsync()))
            {
                await context.Vault.SealAsync(context.Time, context.Cancellation);
                return result;
            }
            if (tries == MaxTries)
                throw new TenantException(TenantFailure.Busy, "Events are being redacted; write the checkpoint when that is done.", TimeSpan.FromSeconds(1));
        }
    }

    private static async Task<VaultResult> WriteAsync(VaultOperationContext context)
    {
        var root = await context.Log.ReadDocumentAsync(Manifest.RootName, context.Cancellation) is { } text ? Encoding.ASCII.GetString(text.Span).Trim() : null;
        var time = context.Time.GetUtcNow();
        // Between commits to its end: a redaction must find all of it, to drop it.
        var (path, head, hash) = await context.Door.BetweenCommitsAsync(async vault =>
        {
            var (document, kept, head, hash) = await vault.State.UseAsync(
                state => (
                    Checkpoint.Write(state, vault.Signer, time, root),
                    ResumePoint.Write(state, vault.Log.Head, vault.Signer, time),
                    vault.Log.Head,
                    state.StateHash()),
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
