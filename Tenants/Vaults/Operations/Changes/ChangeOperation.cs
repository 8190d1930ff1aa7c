using System.Security.Cryptography;
using System.Text;
using Granary.Tenants.Vaults.Formats;
using Granary.Vault.Backpack;
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

    public override Task<VaultResult> RunAsync(OperationContext context)
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
    protected abstract Task<VaultChange> PlanAsync(OperationContext context, BackpackVault vault);

    /// <summary>What follows from the change once it is in the log; safe to repeat.</summary>
    protected virtual Task AfterAsync(OperationContext context, BackpackVault vault, VaultChange change) => Task.CompletedTask;

    /// <summary>The result; at most 4 KiB, for it is kept with the key.</summary>
    protected abstract VaultResult Describe(OperationContext context, BackpackVault vault, VaultChange change);

    private async Task<VaultResult> RunAsync(OperationContext context, BackpackWriter writer)
    {
        var key = context.Call.IdempotencyKey ?? IdempotencyKey.ForRetry(context.Call.RetryKey);
        var digest = Digest(context.Call);
        await writer.Sealing.WaitAsync();
        try
        {
            for (var tries = 1; ; tries++)
            {
                if (key is not null && await writer.Log.FindKeyAsync(key, CancellationToken.None) is { } known)
                    return Replay(known, digest);
                var from = writer.Log.Head;
                var change = await PlanAsync(context, writer.Vault);
                var result = Describe(context, writer.Vault, change);
                try
                {
                    await writer.Vault.ApplyAsync(Claim(change, key, digest, result), context.Time, CancellationToken.None);
                }
                catch (VaultStorageException lost) when (lost.Failure == VaultStorageFailure.Unavailable && writer.Log.Head != from && tries < MaxTries)
                {
                    continue;
                }
                if (change.Entries.Count > 0)
                    context.Door.Appended(from.Count, change.Entries.Count);
                await AfterAsync(context, writer.Vault, change);
                return result;
            }
        }
        finally
        {
            writer.Sealing.Release();
        }
    }

    private static VaultChange Claim(VaultChange change, string? key, string digest, VaultResult result) => key is null || change.Entries.Count == 0
        ? change
        : change with { Entries = [change.Entries[0] with { Claim = new IdempotencyClaim(key, digest, result.Json) }, .. change.Entries.Skip(1)] };

    private static VaultResult Replay(IdempotencyRecord known, string digest) => known.Claim.Digest == digest
        ? new VaultResult(known.Claim.Receipt)
        : throw new TenantException(TenantFailure.KeyReused, $"The idempotency_key was used for something else, at position {known.Position}; use a new key.");

    private static string Digest(VaultCall call)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(call.Operation + "\n"));
        hash.AppendData(call.Arguments.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
