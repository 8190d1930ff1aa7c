using Granary.Tenants.Vaults.Signing;
using Granary.Vault.Storage;

namespace Granary.Tenants.Hosting;

/// <summary>Where the tenants' vaults are stored.</summary>
public interface IVaultStores
{
    /// <summary>Where secrets of tenants are kept; null where none are, and then checkpoints have the signatures of vaults alone.</summary>
    ITenantSecrets? Secrets => null;

    /// <summary>The place of a vault, whether it exists yet or not; makes no call.</summary>
    IVaultStore Create(TenantId tenant, VaultName vault);

    /// <summary>A page of a tenant's vaults; see <see cref="ITenants.ListVaultsAsync"/>.</summary>
    /// <exception cref="TenantException">The list is unavailable.</exception>
    Task<VaultPage> ListAsync(TenantId tenant, VaultListing listing, CancellationToken cancellation);

    /// <summary>How many vaults a tenant has, in one step; a name whose vault is about to be made may count.</summary>
    /// <exception cref="TenantException">The list is unavailable.</exception>
    Task<long> CountAsync(TenantId tenant, CancellationToken cancellation);

    /// <summary>Every tenant that has vaults, or had some.</summary>
    /// <exception cref="TenantException">The list is unavailable.</exception>
    IAsyncEnumerable<TenantId> TenantsAsync(CancellationToken cancellation);
}
