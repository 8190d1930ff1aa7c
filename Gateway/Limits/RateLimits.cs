using System.Threading.RateLimiting;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Limits;

/// <summary>
/// How many requests and bytes a key and a tenant may send, counted after authentication: token buckets, which fill by a rate and hold a burst. Each gateway counts for
/// itself: behind N of them a client that is spread over all may do N times as much.
/// </summary>
internal sealed class RateLimits(GatewayOptions options, Refusals refusals) : IDisposable
{
    private readonly PartitionedRateLimiter<Principal>? _keys = Create(options.RatePerKey, options.BurstPerKey, caller => (caller.Tenant, caller.Name));

    private readonly PartitionedRateLimiter<Principal>? _tenants = Create(options.RatePerTenant, options.BurstPerTenant, caller => caller.Tenant);

    // The largest body fits into a full bucket.
    private readonly PartitionedRateLimiter<Principal>? _bytes =
        Create(options.BytesPerTenant, Math.Max(options.BytesPerTenant, 4 * options.MaxBodyBytes), caller => caller.Tenant);

    /// <summary>Counts one request: an HTTP request, or a member of a batch.</summary>
    /// <exception cref="RpcException">The key or its tenant has sent as many as it may: 429, with the time after which it may again.</exception>
    public void Request(HttpContext context, Principal caller)
    {
        Take(_keys, context, caller, 1, $"This key may send {options.RatePerKey} requests a second, and {options.BurstPerKey} at once", "requests of the key");
        Take(_tenants, context, caller, 1, $"This tenant may send {options.RatePerTenant} requests a second, and {options.BurstPerTenant} at once", "requests of the tenant");
    }

    /// <summary>Counts a request of somebody unknown for what is public: all of them share one key's bound, and take nothing from the tenant's own.</summary>
    /// <exception cref="RpcException">429, as for a key.</exception>
    public void Stranger(HttpContext context, Principal everybody) => Take(
        _keys, context, everybody, 1,
        $"Callers without a key may together send {options.RatePerKey} requests a second, and {options.BurstPerKey} at once", "public requests");

    /// <summary>Counts a body.</summary>
    /// <exception cref="RpcException">The tenant has sent as many bytes as it may: 429.</exception>
    public void Body(HttpContext context, Principal caller, int bytes)
    {
        if (bytes > 0)
            Take(_bytes, context, caller, bytes, $"This tenant may send {options.BytesPerTenant} bytes a second", "bytes of the tenant");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _keys?.Dispose();
        _tenants?.Dispose();
        _bytes?.Dispose();
    }

    private void Take(PartitionedRateLimiter<Principal>? limiter, HttpContext context, Principal caller, int count, string sentence, string rule)
    {
        if (limiter is null)
            return;
        using var lease = limiter.AttemptAcquire(caller, count);
        if (lease.IsAcquired)
            return;
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) && after > TimeSpan.Zero ? after : TimeSpan.FromSeconds(1);
        refusals.Record(context, StatusCodes.Status429TooManyRequests, rule, caller.Name);
        throw RpcException.TooManyRequests($"{sentence}; nothing was done, try again in {Math.Ceiling(wait.TotalSeconds)} s.", wait);
    }

    private static PartitionedRateLimiter<Principal>? Create<TKey>(int rate, int burst, Func<Principal, TKey> keyOf)
        where TKey : notnull
    {
        if (rate <= 0)
            return null;
        // A bucket is filled ten times a second where that makes the rate exactly, so that waits are short.
        var (period, tokens) = rate % 10 == 0 ? (TimeSpan.FromMilliseconds(100), rate / 10) : (TimeSpan.FromSeconds(1), rate);
        return PartitionedRateLimiter.Create<Principal, TKey>(caller => RateLimitPartition.GetTokenBucketLimiter(keyOf(caller), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Math.Max(burst, 1),
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = period,
            QueueLimit = 0,
        }));
    }
}
