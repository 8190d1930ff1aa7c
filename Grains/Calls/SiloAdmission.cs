using System.Collections.Concurrent;
using Granary.Tenants;

namespace Granary.Grains.Calls;

/// <summary>Bounds how many calls of one tenant are under way in this silo, whatever gateway let them through.</summary>
public sealed class SiloAdmission(int maxCallsPerTenant)
{
    private readonly ConcurrentDictionary<TenantId, int> _running = new();

    internal void Enter(TenantId tenant)
    {
        if (_running.AddOrUpdate(tenant, 1, static (_, count) => count + 1) <= maxCallsPerTenant)
            return;
        Leave(tenant);
        throw new TenantException(
            TenantFailure.Busy, $"This tenant has {maxCallsPerTenant} calls under way already; try again shortly.", TimeSpan.FromSeconds(1));
    }

    internal void Leave(TenantId tenant)
    {
        // The last one out takes the counter along: a silo meets many tenants.
        if (_running.AddOrUpdate(tenant, 0, static (_, count) => count - 1) == 0)
            _running.TryRemove(new KeyValuePair<TenantId, int>(tenant, 0));
    }
}
