using System.Threading.RateLimiting;
using Granary.Tenants;

namespace Granary.Gateway.Limits;

/// <summary>
/// This gateway's part of a bucket that all gateways share. It takes tokens a block at a time, and the next block before the last is used up, so that a call waits for none;
/// one that finds the block empty waits until it is known whether there is another. While the silos cannot be asked, the gateway counts for itself.
/// </summary>
/// <remarks>
/// One request: (1) a token of the block is taken, and where half of the block is gone, another is asked for. (2) Without a token, the request joins the question that is under way, or asks one, for
/// as many as wait. (3) Tokens came: on from (1). (4) None came: refused, with the bucket's own word on when; nobody asks before then. (5) No answer in time: a bucket of this
/// gateway's own decides, until the silos answer again, which is tried every few seconds.
/// </remarks>
internal sealed class SharedBucket : RateLimiter
{
    private static readonly TimeSpan BetweenFailures = TimeSpan.FromSeconds(5);
    private static readonly RateLimitLease Granted = new Lease(null);

    private readonly TenantId _tenant;
    private readonly LimitBucket _bucket;
    private readonly ISharedLimits _limits;
    private readonly Func<RateLimiter> _createOwn;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private readonly long _block;
    private readonly Lock _lock = new();

    private long _tokens;
    private long _waiting;
    private Task? _asking;
    private (long Since, TimeSpan Wait)? _empty;
    private long? _failed;
    private long _used;
    private RateLimiter? _own;

    /// <param name="tenant">Whose bucket.</param>
    /// <param name="bucket">Which, and what it holds.</param>
    /// <param name="limits">Where it is.</param>
    /// <param name="createOwn">Makes the bucket that decides while the silos do not answer.</param>
    /// <param name="patience">How long an answer is waited for.</param>
    /// <param name="time">The clock.</param>
    public SharedBucket(TenantId tenant, LimitBucket bucket, ISharedLimits limits, Func<RateLimiter> createOwn, TimeSpan patience, TimeProvider time)
    {
        (_tenant, _bucket, _limits, _createOwn, _patience, _time) = (tenant, bucket, limits, createOwn, patience, time);
        // Of a burst: four gateways may take all of it, and a client at full rate asks a few times a second.
        _block = Math.Max(bucket.Burst / 4, 1);
        _used = time.GetTimestamp();
    }

    /// <summary>Idle only when a full bucket could have come back: until then the tokens it holds would be lost with it.</summary>
    public override TimeSpan? IdleDuration
    {
        get
        {
            lock (_lock)
            {
                var idle = _time.GetElapsedTime(_used);
                return _asking is null && _waiting == 0 && idle.TotalSeconds * _bucket.Rate >= _bucket.Burst ? idle : null;
            }
        }
    }

    /// <inheritdoc />
    public override RateLimiterStatistics? GetStatistics() => null;

    /// <inheritdoc />
    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        lock (_lock)
            return TryTake(permitCount) ?? Refused(permitCount);
    }

    /// <inheritdoc />
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (TryTake(permitCount) is { } lease)
                return ValueTask.FromResult(lease);
        }
        return new ValueTask<RateLimitLease>(WaitAsync(permitCount, cancellationToken));
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _own?.Dispose();
        base.Dispose(disposing);
    }

    private async Task<RateLimitLease> WaitAsync(int count, CancellationToken cancellation)
    {
        lock (_lock)
            _waiting += count;
        try
        {
            while (true)
            {
                Task asking;
                lock (_lock)
                {
                    if (TryTake(count) is { } lease)
                        return lease;
                    if (_empty is not null)
                        return Refused(count);
                    asking = _asking ??= AskAsync(Math.Max(_block, _waiting - _tokens));
                }
                await asking.WaitAsync(cancellation);
            }
        }
        finally
        {
            lock (_lock)
                _waiting -= count;
        }
    }

    /// <summary>A lease where that is decided without asking, inside the lock.</summary>
    private RateLimitLease? TryTake(int count)
    {
        _used = _time.GetTimestamp();
        if (_empty is { } empty && _time.GetElapsedTime(empty.Since, _used) >= empty.Wait)
            _empty = null;
        if (_failed is { } failed && _time.GetElapsedTime(failed, _used) >= BetweenFailures)
        {
            // Whether they answer again is found out beside the requests.
            _failed = _used;
            _asking ??= AskAsync(_block);
        }
        if (_tokens >= count)
        {
            _tokens -= count;
            if (_tokens <= _block / 2 && _empty is null && _failed is null)
                _asking ??= AskAsync(_block);
            return Granted;
        }
        return _failed is null ? null : (_own ??= _createOwn()).AttemptAcquire(count);
    }

    private Lease Refused(int count)
    {
        var wait = _empty is { } empty ? empty.Wait - _time.GetElapsedTime(empty.Since) : TimeSpan.Zero;
        var missing = TimeSpan.FromSeconds((double)(count - _tokens) / Math.Max(_bucket.Rate, 1));
        return new Lease(wait > missing ? wait : missing);
    }

    /// <summary>Asks for tokens, apart from the request that found them missing: what it is traced and cancelled by is not about this.</summary>
    private Task AskAsync(long wanted)
    {
        using (ExecutionContext.SuppressFlow())
            return Task.Run(() => RunAsync(wanted));
    }

    private async Task RunAsync(long wanted)
    {
        LimitGrant? grant = null;
        try
        {
            grant = await _limits.TakeAsync(_tenant, _bucket, wanted).WaitAsync(_patience, _time);
        }
        catch (Exception e) when (e is TenantException or TimeoutException)
        {
            // The silos' own trouble is told by the calls that need them.
        }
        lock (_lock)
        {
            _asking = null;
            if (grant is not { } given)
            {
                _failed = _time.GetTimestamp();
                return;
            }
            _failed = null;
            _tokens += given.Tokens;
            if (given.Tokens == 0)
                _empty = (_time.GetTimestamp(), given.RetryAfter > TimeSpan.Zero ? given.RetryAfter : TimeSpan.FromMilliseconds(1));
        }
    }

    private sealed class Lease(TimeSpan? retryAfter) : RateLimitLease
    {
        public override bool IsAcquired => retryAfter is null;

        public override IEnumerable<string> MetadataNames => retryAfter is null ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = retryAfter is not null && metadataName == MetadataName.RetryAfter.Name ? retryAfter : null;
            return metadata is not null;
        }
    }
}
