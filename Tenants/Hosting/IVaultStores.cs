using Granary.Vault.Storage;

namespace Granary.Tenants.Hosting;

/// <summary>Where the tenants' vaults lie.</summary>
public interface IVaultStores
{
    /// <summary>The place of a vault, whether it exists yet or not; makes no call.</summary>
    IVaultStore Create(TenantId tenant, VaultName vault);

    /// <summary>A page of a tenant's vaults; see <see cref="ITenants.ListVaultsAsync"/>.</summary>
    /// <exception cref="TenantException">They cannot be told now.</exception>
    Task<VaultPage> ListAsync(TenantId tenant, VaultListing listing, CancellationToken cancellation);
}
