using System.Collections.Concurrent;
using Granary.Tenants;

namespace Granary.Grains.Calls;

/// <summary>
/// Bounds how many calls are under way in this silo, of one tenant and of all together, whatever gateway let them through. A call counts until its work is
/// done, not until its first turn is answered. What is beyond the bounds is refused at once with advice: waiting here would only end in a time-out.
/// </summary>
public sealed class SiloAdmission(int maxCallsPerTenant, int maxCalls)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<TenantId, int> _running = new();
    private int _all;

    /// <summary>How many calls are under way.</summary>
    public int Count => Volatile.Read(ref _all);

    internal void Enter(TenantId tenant)
    {
        var (all, own) = Add(tenant);
        if (own <= maxCallsPerTenant && all <= maxCalls)
            return;
        Leave(tenant);
        GrainMetrics.Refused.Add(1, new KeyValuePair<string, object?>("bound", own > maxCallsPerTenant ? "tenant" : "silo"));
        throw new TenantException(
            TenantFailure.Busy,
            own > maxCallsPerTenant
                ? $"This tenant has {maxCallsPerTenant} calls under way already; try again shortly."
                : $"This silo has {maxCalls} calls under way already; try again shortly.",
            RetryAfter);
    }

    /// <summary>Counts a call that was let in before and goes on beyond its first turn.</summary>
    internal void Hold(TenantId tenant) => Add(tenant);

    internal void Leave(TenantId tenant)
    {
        Interlocked.Decrement(ref _all);
        GrainMetrics.SiloCalls.Add(-1);
        // The last one out takes the counter along: a silo meets many tenants.
        if (_running.AddOrUpdate(tenant, 0, static (_, count) => count - 1) == 0)
            _running.TryRemove(new KeyValuePair<TenantId, int>(tenant, 0));
    }

    private (int All, int Own) Add(TenantId tenant)
    {
        GrainMetrics.SiloCalls.Add(1);
        return (Interlocked.Increment(ref _all), _running.AddOrUpdate(tenant, 1, static (_, count) => count + 1));
    }
}
