using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Tenants;

namespace Granary.Gateway.Tools;

/// <summary>Bounds how many calls of one key, and of one tenant, run at once, so that none takes the gateway from the others (rule X1).</summary>
internal sealed class TenantAdmission(GatewayOptions options, IMeterFactory meters) : IDisposable
{
    private readonly Counter<long> _busy = meters.Create("Granary.Gateway").CreateCounter<long>(
        "granary.calls.busy", "{call}", "Calls of tools that found no place, by whose bound it was: key or tenant.");
    private readonly PartitionedRateLimiter<Principal> _keys = Create(options.MaxCallsPerKey, caller => (caller.Tenant, caller.Name));
    private readonly PartitionedRateLimiter<Principal> _tenants = Create(options.MaxCallsPerTenant, caller => caller.Tenant);

    /// <summary>Takes a place, given back when it is disposed.</summary>
    /// <exception cref="TenantException">The key or the tenant has as many calls under way as it may.</exception>
    public IDisposable Enter(Principal caller)
    {
        var key = _keys.AttemptAcquire(caller);
        if (!key.IsAcquired)
            throw Busy("key", options.MaxCallsPerKey);
        var tenant = _tenants.AttemptAcquire(caller);
        if (tenant.IsAcquired)
            return new Place(key, tenant);
        key.Dispose();
        throw Busy("tenant", options.MaxCallsPerTenant);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _keys.Dispose();
        _tenants.Dispose();
    }

    private TenantException Busy(string whose, int calls)
    {
        _busy.Add(1, new KeyValuePair<string, object?>("bound", whose));
        return new TenantException(
            TenantFailure.Busy, $"Busy: this {whose} has {calls} calls under way already; try again in a second.", TimeSpan.FromSeconds(1));
    }

    private static PartitionedRateLimiter<Principal> Create<TKey>(int calls, Func<Principal, TKey> keyOf)
        where TKey : notnull => PartitionedRateLimiter.Create<Principal, TKey>(
            caller => RateLimitPartition.GetConcurrencyLimiter(keyOf(caller), _ => new ConcurrencyLimiterOptions { PermitLimit = calls, QueueLimit = 0 }));

    private sealed class Place(RateLimitLease key, RateLimitLease tenant) : IDisposable
    {
        public void Dispose()
        {
            key.Dispose();
            tenant.Dispose();
        }
    }
}
