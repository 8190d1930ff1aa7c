using System.Threading.RateLimiting;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Messages;
using Granary.Tenants;

namespace Granary.Gateway.Limits;

/// <summary>
/// How many requests and bytes a key and a tenant may send, counted after authentication: token buckets, which fill by a rate and hold a burst. The gateways of a cluster share
/// each bucket (<see cref="SharedBucket"/>).
/// </summary>
internal sealed class RateLimits : IDisposable
{
    private readonly GatewayOptions _options;
    private readonly Refusals _refusals;
    private readonly TimeProvider _time;
    private readonly ISharedLimits? _shared;
    private readonly PartitionedRateLimiter<Principal>? _keys;
    private readonly PartitionedRateLimiter<Principal>? _tenants;
    private readonly PartitionedRateLimiter<Principal>? _bytes;
    private readonly string _ofKey;
    private readonly string _ofTenant;
    private readonly string _ofStrangers;
    private readonly string _ofBytes;

    /// <param name="options">The rates.</param>
    /// <param name="refusals">Where refusals are counted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="shared">The cluster's buckets; null for a gateway that is alone.</param>
    public RateLimits(GatewayOptions options, Refusals refusals, TimeProvider time, ISharedLimits? shared = null)
    {
        (_options, _refusals, _time, _shared) = (options, refusals, time, shared);
        _keys = Create("key/", options.RatePerKey, options.BurstPerKey, caller => (caller.Tenant, caller.Name));
        _tenants = Create("requests", options.RatePerTenant, options.BurstPerTenant, caller => (caller.Tenant, ""));
        // The largest body fits into a full bucket.
        _bytes = Create("bytes", options.BytesPerTenant, Math.Max(options.BytesPerTenant, 4 * options.MaxBodyBytes), caller => (caller.Tenant, ""));
        _ofKey = $"This key may send {options.RatePerKey} requests a second, and {options.BurstPerKey} at once";
        _ofTenant = $"This tenant may send {options.RatePerTenant} requests a second, and {options.BurstPerTenant} at once";
        _ofStrangers = $"Callers without a key may together send {options.RatePerKey} requests a second, and {options.BurstPerKey} at once";
        _ofBytes = $"This tenant may send {options.BytesPerTenant} bytes a second";
    }

    /// <summary>Counts one request: an HTTP request, or a member of a batch.</summary>
    /// <exception cref="RpcException">The key or its tenant has sent as many as it may: 429, with the time after which it may again.</exception>
    public async ValueTask RequestAsync(HttpContext context, Principal caller)
    {
        await TakeAsync(_keys, context, caller, 1, _ofKey, "requests of the key");
        await TakeAsync(_tenants, context, caller, 1, _ofTenant, "requests of the tenant");
    }

    /// <summary>Counts a request of somebody unknown for what is public: all of them share one key's bound, and take nothing from the tenant's own.</summary>
    /// <exception cref="RpcException">429, as for a key.</exception>
    public ValueTask StrangerAsync(HttpContext context, Principal everybody) =>
        TakeAsync(_keys, context, everybody, 1, _ofStrangers, "public requests");

    /// <summary>Counts a body.</summary>
    /// <exception cref="RpcException">The tenant has sent as many bytes as it may: 429.</exception>
    public ValueTask BodyAsync(HttpContext context, Principal caller, int bytes) => bytes == 0
        ? ValueTask.CompletedTask
        : TakeAsync(_bytes, context, caller, bytes, _ofBytes, "bytes of the tenant");

    /// <inheritdoc />
    public void Dispose()
    {
        _keys?.Dispose();
        _tenants?.Dispose();
        _bytes?.Dispose();
    }

    private async ValueTask TakeAsync(PartitionedRateLimiter<Principal>? limiter, HttpContext context, Principal caller, int count, string sentence, string rule)
    {
        if (limiter is null)
            return;
        using var lease = await limiter.AcquireAsync(caller, count, context.RequestAborted);
        if (lease.IsAcquired)
            return;
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) && after > TimeSpan.Zero ? after : TimeSpan.FromSeconds(1);
        _refusals.Record(context, StatusCodes.Status429TooManyRequests, rule, caller.Name);
        throw RpcException.TooManyRequests($"{sentence}; nothing was done, try again in {Math.Ceiling(wait.TotalSeconds)} s.", wait);
    }

    private PartitionedRateLimiter<Principal>? Create(string name, int rate, int burst, Func<Principal, (TenantId Tenant, string Key)> bucketOf)
    {
        if (rate <= 0)
            return null;
        // A bucket is filled ten times a second where that makes the rate exactly, so that waits are short.
        var (period, tokens) = rate % 10 == 0 ? (TimeSpan.FromMilliseconds(100), rate / 10) : (TimeSpan.FromSeconds(1), rate);
        var own = new TokenBucketRateLimiterOptions { TokenLimit = Math.Max(burst, 1), TokensPerPeriod = tokens, ReplenishmentPeriod = period, QueueLimit = 0 };
        if (_shared is not { } shared)
            return PartitionedRateLimiter.Create<Principal, (TenantId, string)>(caller => RateLimitPartition.GetTokenBucketLimiter(bucketOf(caller), _ => own));
        return PartitionedRateLimiter.Create<Principal, (TenantId Tenant, string Key)>(caller => RateLimitPartition.Get(bucketOf(caller), bucket => new SharedBucket(
            bucket.Tenant, new LimitBucket(name + bucket.Key, rate, own.TokenLimit), shared, () => new TokenBucketRateLimiter(own), _options.LimitPatience, _time)));
    }
}
