using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack;

/// <summary>
/// Data keys beside a vault in its store, wrapped with a key-encryption key for this one vault. A store has no deleting: a destroyed key's document is
/// empty.
/// </summary>
public sealed class DataKeysBeside(IVaultLog log, KeyEncryption encryption, string vaultUid) : IDataKeyStore
{
    /// <inheritdoc />
    public Task SaveAsync(string keyId, ReadOnlyMemory<byte> key, CancellationToken cancellation) =>
        WriteAsync(keyId, encryption.Wrap(key.Span, Purpose(keyId)), cancellation);

    /// <inheritdoc />
    public async Task<byte[]?> FindAsync(string keyId, CancellationToken cancellation) =>
        await log.ReadBesideAsync(NameOf(keyId), cancellation) is { IsEmpty: false } wrapped ? encryption.Unwrap(wrapped.Span, Purpose(keyId)) : null;

    /// <inheritdoc />
    public async Task<bool> DestroyAsync(string keyId, CancellationToken cancellation)
    {
        if (await log.ReadBesideAsync(NameOf(keyId), cancellation) is not { IsEmpty: false })
            return false;
        await WriteAsync(keyId, default, cancellation);
        return true;
    }

    private Task<bool> WriteAsync(string keyId, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        log.WriteBesideAsync(new VaultDocument(NameOf(keyId), content, Secret: true), rank: null, cancellation);

    private string Purpose(string keyId) => $"{vaultUid}/{keyId}";

    private static string NameOf(string keyId) => $"data-keys/{keyId}";
}
