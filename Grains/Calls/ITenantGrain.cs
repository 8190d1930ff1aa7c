using Granary.Tenants;

namespace Granary.Grains.Calls;

/// <summary>A grain that belongs to a tenant: calls to it are checked and counted.</summary>
internal interface ITenantGrain
{
    TenantId Tenant { get; }

    /// <summary>The vault that it owns, where it owns one.</summary>
    VaultName? Vault => null;
}
