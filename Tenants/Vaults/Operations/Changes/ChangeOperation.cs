using Granary.Tenants.Vaults.Formats;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Operations.Changes;

/// <summary>
/// An operation that works out a change of a Backpack vault and carries it out between two commits. Where others append at the same time it is worked
/// out anew; its key is kept with its first event, and a repeat returns the first result.
/// </summary>
internal abstract class ChangeOperation(string name) : VaultOperation(name)
{
    private const int MaxTries = 16;

    public override bool Writes => true;

    public override Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        context.Backpack(Name);
        Check(context.Arguments);
        return context.Door.BetweenCommitsAsync(vault => RunAsync(context, (BackpackWriter)vault));
    }

    /// <summary>Checks the arguments, before anything is looked at.</summary>
    protected virtual void Check(OperationArguments arguments)
    {
    }

    /// <summary>Works out the change on the vault as it is.</summary>
    protected abstract Task<VaultChange> PlanAsync(VaultOperationContext context, BackpackWriter writer);

    /// <summary>
    /// What follows from the change once it is in the log. A repeat that finds it there does this again: the first attempt may have died before.
    /// </summary>
    protected virtual Task AfterAsync(BackpackWriter writer, VaultResult result) => Task.CompletedTask;

    /// <summary>The result; at most 4 KiB, for it is kept with the key.</summary>
    protected abstract VaultResult Describe(VaultOperationContext context, BackpackWriter writer, VaultChange change);

    private async Task<VaultResult> RunAsync(VaultOperationContext context, BackpackWriter writer)
    {
        var key = KeyedResult.KeyOf(context.Call);
        var digest = KeyedResult.Digest(context.Call);
        await writer.Sealing.WaitAsync();
        try
        {
            for (var tries = 1; ; tries++)
            {
                if (key is not null && await writer.Log.FindKeyAsync(key, CancellationToken.None) is { } known)
                {
                    var first = KeyedResult.Replay(known, digest);
                    await AfterAsync(writer, first);
                    return first;
                }
                await writer.Vault.FinishPendingAsync(CancellationToken.None);
                var from = writer.Log.Head;
                var change = await PlanAsync(context, writer);
                if (change.Entries.Any(entry => entry.Replaces is not null))
                    context.RefuseIfHeld();
                var result = Describe(context, writer, change);
                try
                {
                    await writer.Vault.ApplyAsync(Claim(change, key, digest, result), context.Time, CancellationToken.None, context.Door.Appended);
                }
                catch (VaultStorageException lost) when (lost.Failure == VaultStorageFailure.Unavailable && writer.Log.Head != from && tries < MaxTries)
                {
                    continue;
                }
                await AfterAsync(writer, result);
                return result;
            }
        }
        finally
        {
            writer.Sealing.Release();
        }
    }

    /// <summary>The key goes with the last entry: then all of it is there.</summary>
    private static VaultChange Claim(VaultChange change, string? key, string digest, VaultResult result) => key is null || change.Entries.Count == 0
        ? change
        : change with { Entries = [.. change.Entries.SkipLast(1), change.Entries[^1] with { Claim = new IdempotencyClaim(key, digest, result.Json) }] };
}
