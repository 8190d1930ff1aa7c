using Granary.Vault.Backpack.Changes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Formats;

/// <summary>
/// Data keys of encrypted payloads, beside the vault as secrets, for which the store has its own protection. A destroyed one leaves an empty
/// document: nothing is left to find.
/// </summary>
internal sealed class VaultDataKeys(IVaultLog log) : IDataKeyStore
{
    public async Task SaveAsync(string keyId, ReadOnlyMemory<byte> key, CancellationToken cancellation) =>
        await log.WriteBesideAsync(new VaultDocument(Name(keyId), key, Secret: true), rank: null, cancellation);

    public async Task<byte[]?> FindAsync(string keyId, CancellationToken cancellation) =>
        await log.ReadBesideAsync(Name(keyId), cancellation) is { IsEmpty: false } key ? key.ToArray() : null;

    public async Task<bool> DestroyAsync(string keyId, CancellationToken cancellation)
    {
        if (await FindAsync(keyId, cancellation) is not { } key)
            return false;
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(key);
        return await log.WriteBesideAsync(new VaultDocument(Name(keyId), default, Secret: true), rank: null, cancellation);
    }

    /// <summary>What names a key comes from an event, which anybody may have written.</summary>
    private static string Name(string keyId) => keyId.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        ? $"data-keys/{keyId}"
        : throw new BackpackInputException("event: its data key has a name that no key here can have.");
}
