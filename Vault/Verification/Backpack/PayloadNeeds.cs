using System.Text;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;

namespace Granary.Vault.Verification.Backpack;

/// <summary>The least that a core type's payload holds (specification 3.1).</summary>
internal static class PayloadNeeds
{
    private static readonly Dictionary<string, (string Name, byte[] Key)[]> Needs = new(StringComparer.Ordinal)
    {
        [EventTypes.Genesis] = Names("uid", "root_key_id", "birth_timestamp"),
        [EventTypes.Observation] = Names("subject", "predicate"),
        ["ASSERTION"] = Names("subject", "predicate"),
        ["ATTESTATION"] = Names("subject", "predicate", "value"),
        ["RETRACTION"] = Names("subject", "predicate"),
        [EventTypes.KeyRevocation] = Names("revoked_key_id"),
        [EventTypes.KeyPromotion] = Names("new_key_id", "new_public_key_b64", "algorithm", "replaces_key_id"),
        ["REDUCER_EPOCH"] = Names("epoch_id", "reducer_hash"),
    };

    /// <summary>The first member that is missing from a payload that was not redacted, or null. One that was encrypted shows nothing.</summary>
    public static string? Missing(string type, in BackpackEvent written)
    {
        if (!written.HasPayloadObject || !Needs.TryGetValue(type, out var needs) || written.PayloadText("_privacy"u8) is not null)
            return null;
        foreach (var (name, key) in needs)
        {
            if (!CanonicalObject.TryGet(written.Payload, key, out _))
                return name;
        }
        return null;
    }

    private static (string, byte[])[] Names(params string[] names) => [.. names.Select(name => (name, Encoding.ASCII.GetBytes(name)))];
}
