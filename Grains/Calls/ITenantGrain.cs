using Granary.Tenants;

namespace Granary.Grains.Calls;

/// <summary>A grain that belongs to a tenant: calls to it are checked and counted.</summary>
internal interface ITenantGrain
{
    TenantId Tenant { get; }
}
