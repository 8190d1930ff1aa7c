using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Storage;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Verification.Backpack;

/// <summary>The registry of keys: readable, every id that of its key, and no key that came from nowhere.</summary>
internal sealed class RegistryChecks(IVaultReader reader, VerificationOptions options, FindingList findings)
{
    /// <summary>Reads the registry; an empty one stands in for one that cannot be read.</summary>
    public async Task<KeyRegistry> LoadAsync(CancellationToken cancellation)
    {
        if (await reader.ReadDocumentAsync(KeyRegistry.FileName, cancellation) is { } json)
        {
            try
            {
                return KeyRegistry.Read(json.Span);
            }
            catch (FormatException failure)
            {
                findings.Add(BackpackRules.Registry, failure.Message);
            }
        }
        return KeyRegistry.Read("{\"keys\":[]}"u8);
    }

    public void Check(KeyRegistry registry, GenesisRecord? genesis, IReadOnlySet<string> authorities)
    {
        if (registry.Keys.Count == 0)
            findings.Add(BackpackRules.NoKeys, $"{KeyRegistry.FileName} has no key.");
        foreach (var key in registry.Keys)
            CheckKey(key, genesis, authorities);
        if (genesis?.RootKeyId is { } root && registry.Find(root) is null)
            findings.Add(BackpackRules.RootKey, $"{BackpackBootstrap.GenesisName} names the root key {root}, which {KeyRegistry.FileName} does not have.");
        if (options.TrustedKeys.Count > 0 && options.TrustedKeys.All(trusted => trusted.KeyId != genesis?.RootKeyId))
            findings.Add(
                BackpackRules.RootNotTrusted,
                $"The vault's root key {genesis?.RootKeyId ?? "(none)"} is not one of the trusted keys: it is another vault, or its keys were exchanged.");
    }

    private void CheckKey(RegisteredKey key, GenesisRecord? genesis, IReadOnlySet<string> authorities)
    {
        if (key.Problem is { } problem)
            findings.Add(BackpackRules.KeyEntry, $"The key {key.KeyId} {problem}.");
        if (key.PromotionEventId is not null || key.KeyId == genesis?.RootKeyId || authorities.Contains(key.KeyId))
            return;
        // An import that the vault's owner vouched for brings it (the manifest's signature, by a root key, covers the registry); it has no authority.
        if (key.Roles is ["peer"])
            findings.Add(BackpackRules.Peer, $"The key {key.KeyId} is another vault's; the import of its events vouched for it.");
        else
            findings.Add(
                BackpackRules.UnaccountedKey,
                $"The key {key.KeyId} is neither the root key, nor an authority of the sync contract, nor promoted by an event: somebody put it in.");
    }
}
