using Granary.Tenants.Vaults.Formats;
using Granary.Vault.Keys;
using Granary.Vault.Psmc;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Operations.Psmc;

/// <summary>What <c>rotate_key</c> does to a PSMC vault: a new key, endorsed by the old one, whose private half goes.</summary>
internal static class PsmcKeyChange
{
    private const int MaxTries = 16;

    public static async Task<VaultResult> RunAsync(VaultOperationContext context, PsmcWriter writer, string? key, string digest)
    {
        using var next = SigningKey.Generate();
        var old = writer.Vault.PublicKey.KeyId;
        await writer.Sealing.WaitAsync();
        try
        {
            for (var tries = 1; ; tries++)
            {
                if (key is not null && await writer.Log.FindKeyAsync(key, CancellationToken.None) is { } known)
                    return KeyedResult.Replay(known, digest);
                var from = writer.Log.Head;
                var plan = await PsmcRotation.PlanAsync(writer.Vault, next, Guid.NewGuid(), context.Time.GetUtcNow(), CancellationToken.None);
                var result = Describe(old, next.PublicKey, plan.Event.EventId, from.Count + 1);
                var claim = key is null ? null : new IdempotencyClaim(key, digest, result.Json);
                try
                {
                    await PsmcRotation.ApplyAsync(
                        writer.Vault, plan with { Event = plan.Event with { Entry = plan.Event.Entry with { Claim = claim } } }, CancellationToken.None);
                }
                catch (VaultStorageException lost) when (lost.Failure == VaultStorageFailure.Unavailable && writer.Log.Head != from && tries < MaxTries)
                {
                    continue;
                }
                writer.KeyChanged();
                context.Door.Appended(from.Count, 1);
                return result;
            }
        }
        finally
        {
            writer.Sealing.Release();
        }
    }

    private static VaultResult Describe(string old, PublicKey next, string eventId, long count) => Results.Object(json =>
    {
        json.WriteBoolean("success", true);
        json.WriteString("revoked_key_id", old);
        json.WriteString("new_key_id", next.KeyId);
        json.WriteString("new_public_key", Convert.ToBase64String(next.Raw));
        json.WriteString("promotion_event_id", eventId);
        json.WriteNumber("event_count", count);
    });
}
