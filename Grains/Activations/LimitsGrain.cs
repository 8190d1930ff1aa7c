using Granary.Grains.Contracts;
using Granary.Tenants;

namespace Granary.Grains.Activations;

/// <summary>
/// Counts for all gateways what a tenant and its keys may send. It stores nothing: after its silo died its buckets are full again, which gives each a burst once more.
/// </summary>
[GrainType("granary.limits")]
internal sealed class LimitsGrain(TimeProvider time) : Grain, ILimitsGrain
{
    /// <summary>Names come from the keys of a tenant. A tenant with more than this begins with full buckets now and then.</summary>
    private const int MaxBuckets = 100_000;

    private readonly Dictionary<string, TokenBucket> _buckets = new(StringComparer.Ordinal);

    public Task<LimitGrantMessage> TakeAsync(LimitMessage limit)
    {
        var now = time.GetTimestamp();
        if (!_buckets.TryGetValue(limit.Name, out var bucket))
        {
            if (_buckets.Count >= MaxBuckets)
                Forget(now);
            _buckets[limit.Name] = bucket = new TokenBucket(time, limit.Burst);
        }
        var grant = bucket.Take(limit.Rate, limit.Burst, limit.Wanted, now);
        return Task.FromResult(new LimitGrantMessage(grant.Tokens, grant.RetryAfter));
    }

    /// <summary>A bucket that is full says no more than one that is not there.</summary>
    private void Forget(long now)
    {
        foreach (var name in _buckets.Where(entry => entry.Value.IsFull(now)).Select(entry => entry.Key).ToList())
            _buckets.Remove(name);
        if (_buckets.Count >= MaxBuckets)
            _buckets.Clear();
    }
}

/// <summary>Tokens that come at a rate and are kept up to a burst.</summary>
internal sealed class TokenBucket(TimeProvider time, long burst)
{
    private double _tokens = burst;
    private long _at = time.GetTimestamp();
    private (long Rate, long Burst) _last = (0, burst);

    /// <summary>Whole tokens up to what is wanted. Gateways of a roll may ask with other settings: those of the last count.</summary>
    public LimitGrant Take(long rate, long burst, long wanted, long now)
    {
        _last = (Math.Max(rate, 1), Math.Max(burst, 1));
        Fill(now);
        var taken = Math.Clamp(wanted, 0, (long)_tokens);
        _tokens -= taken;
        return new LimitGrant(taken, _tokens >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - _tokens) / _last.Rate));
    }

    public bool IsFull(long now)
    {
        Fill(now);
        return _tokens >= _last.Burst;
    }

    private void Fill(long now)
    {
        _tokens = Math.Min(_last.Burst, _tokens + (Math.Max(time.GetElapsedTime(_at, now).TotalSeconds, 0) * _last.Rate));
        _at = Math.Max(_at, now);
    }
}
