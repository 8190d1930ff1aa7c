using Granary.Instana;

namespace Granary.Tenants;

/// <summary>
/// The one door from the protocol to the tenants. Behind it an activation runs in this process or in a silo; callers cannot tell.
/// Both methods are cheap and make no call: they name an activation, which comes to life with the first use.
/// </summary>
public interface ITenants
{
    /// <summary>A vault of a tenant, whether it exists yet or not.</summary>
    IVault Vault(TenantId tenant, VaultName vault);

    /// <summary>A tenant's connection to an Instana backend. Each distinct address and credential is a connection of its own.</summary>
    IInstana Instana(TenantId tenant, InstanaConnection connection);
}
