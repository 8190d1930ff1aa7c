using Granary.Instana.Connections;

namespace Granary.Tenants;

/// <summary>
/// The one door from the protocol to the tenants. Behind it an activation runs in this process or in a silo; callers cannot tell.
/// <see cref="Vault(TenantId, VaultName)"/> and <see cref="Instana(TenantId, InstanaConnection)"/> are cheap and make no call: they name an activation, which is created by the first call.
/// </summary>
public interface ITenants
{
    /// <summary>A vault of a tenant, whether it exists yet or not.</summary>
    IVault Vault(TenantId tenant, VaultName vault);

    /// <summary>The same for a caller that may not do everything: a vault in a silo refuses what the rights do not include.</summary>
    IVault Vault(TenantId tenant, VaultName vault, AccessRights rights) => Vault(tenant, vault);

    /// <summary>A tenant's connection to an Instana backend. Each distinct address and credential is a connection of its own.</summary>
    IInstana Instana(TenantId tenant, InstanaConnection connection);

    /// <summary>The same for a caller that may not do everything: a connection in a silo refuses what the rights do not include.</summary>
    IInstana Instana(TenantId tenant, InstanaConnection connection, AccessRights rights) => Instana(tenant, connection);

    /// <summary>
    /// A page of the tenant's vaults in the order of their names. A convenience for people, and nothing to decide by: a vault in Redis that an older version
    /// made is listed once somebody has used it.
    /// </summary>
    /// <exception cref="TenantException">They cannot be told now.</exception>
    Task<VaultPage> ListVaultsAsync(TenantId tenant, VaultListing listing, CancellationToken cancellation);

    /// <summary>
    /// Tells of commits to the tenant's vaults, made through any gateway, until disposed. Each is a hint to look again: one may be missed,
    /// told twice, or stand for several. <paramref name="committed"/> must return quickly and not throw.
    /// </summary>
    IDisposable Watch(TenantId tenant, Action<VaultCommitted> committed);
}

/// <summary>Events were committed.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Vault">Where; null where any vault of the tenant may have changed, because messages were missed.</param>
/// <param name="Head">How many events the vault holds now, at least.</param>
public readonly record struct VaultCommitted(TenantId Tenant, VaultName? Vault, long Head);
