namespace Granary.Vault.Backpack.Changes;

/// <summary>Where the data keys of encrypted payloads are: never in the vault, so that a copy of it is no copy of them.</summary>
public interface IDataKeyStore
{
    /// <summary>Keeps a key, durably.</summary>
    Task SaveAsync(string keyId, ReadOnlyMemory<byte> key, CancellationToken cancellation);

    /// <summary>The key, or null where there is none (any more). Clear it after use.</summary>
    Task<byte[]?> FindAsync(string keyId, CancellationToken cancellation);

    /// <summary>Destroys a key for ever; false where there was none.</summary>
    Task<bool> DestroyAsync(string keyId, CancellationToken cancellation);
}
