namespace Granary.Tenants.Vaults.Signing;

/// <summary>Secrets that belong to a tenant and to none of its vaults. They are kept as vaults' private keys are, and never leave the process.</summary>
public interface ITenantSecrets
{
    /// <summary>A secret; where there is none yet, what <paramref name="make"/> returns is kept, durably. Of several processes the first one's is kept, and all get it.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="name">Its name, a file's name.</param>
    /// <param name="make">Makes it; it is cleared by the callee. Null where none is to be made.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The secret, to be cleared after use; null where there is none, and none is made or can be kept.</returns>
    /// <exception cref="Granary.Vault.Storage.VaultStorageException">There is one, and it cannot be read or opened; nothing is put in its place.</exception>
    Task<byte[]?> GetOrAddAsync(TenantId tenant, string name, Func<byte[]?> make, CancellationToken cancellation);
}
