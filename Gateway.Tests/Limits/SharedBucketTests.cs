using System.Threading.RateLimiting;
using Granary.Gateway.Limits;
using Granary.Tenants;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Gateway.Tests.Limits;

/// <summary>A gateway's part of a bucket that all gateways share. The other side is a list of what it will answer.</summary>
[Trait("Kind", "Hostile")]
public sealed class SharedBucketTests : ISharedLimits, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly FakeTimeProvider _time = new();
    private readonly List<long> _wanted = [];
    private readonly List<SharedBucket> _made = [];
    private Func<long, Task<LimitGrant>> _answer = wanted => Task.FromResult(new LimitGrant(wanted, TimeSpan.Zero));

    public Task<LimitGrant> TakeAsync(TenantId tenant, LimitBucket bucket, long wanted)
    {
        lock (_wanted)
            _wanted.Add(wanted);
        return _answer(wanted);
    }

    public void Dispose()
    {
        foreach (var bucket in _made)
            bucket.Dispose();
    }

    [Fact]
    public async Task Most_calls_ask_nobody()
    {
        var bucket = Make(rate: 100, burst: 200);
        for (var i = 0; i < 1000; i++)
            (await bucket.AcquireAsync()).IsAcquired.ShouldBeTrue();
        // A block is a quarter of the burst: 50, and the next is asked for when half of it is left.
        lock (_wanted)
        {
            _wanted.Count.ShouldBeInRange(20, 41);
            _wanted.ShouldAllBe(wanted => wanted >= 50 && wanted <= 51);
        }
    }

    [Fact]
    public async Task A_bucket_that_is_empty_refuses_and_says_when_and_nobody_asks_before()
    {
        var bucket = Make(rate: 1, burst: 4);
        _answer = _ => Task.FromResult(new LimitGrant(0, TimeSpan.FromSeconds(7)));
        var refused = await bucket.AcquireAsync();
        refused.IsAcquired.ShouldBeFalse();
        RetryAfter(refused).ShouldBe(TimeSpan.FromSeconds(7));
        _time.Advance(TimeSpan.FromSeconds(3));
        RetryAfter(await bucket.AcquireAsync()).ShouldBe(TimeSpan.FromSeconds(4));
        _wanted.Count.ShouldBe(1);
        _answer = wanted => Task.FromResult(new LimitGrant(wanted, TimeSpan.Zero));
        _time.Advance(TimeSpan.FromSeconds(4));
        (await bucket.AcquireAsync()).IsAcquired.ShouldBeTrue();
    }

    [Fact]
    public async Task Who_waits_together_asks_together()
    {
        var bucket = Make(rate: 10, burst: 40);
        var gate = new TaskCompletionSource<LimitGrant>();
        _answer = _ => gate.Task;
        var first = bucket.AcquireAsync().AsTask();
        await UntilAsync(() => _wanted.Count == 1);
        var others = Enumerable.Range(0, 30).Select(_ => bucket.AcquireAsync().AsTask()).ToList();
        _answer = wanted => Task.FromResult(new LimitGrant(wanted, TimeSpan.Zero));
        gate.SetResult(new LimitGrant(10, TimeSpan.Zero));
        (await Task.WhenAll([first, .. others])).ShouldAllBe(lease => lease.IsAcquired);
        lock (_wanted)
            _wanted.Count.ShouldBeLessThan(10);
    }

    [Fact]
    public async Task A_large_request_takes_all_it_needs_or_nothing()
    {
        var bucket = Make(rate: 10, burst: 100);
        _answer = _ => Task.FromResult(_wanted.Count == 1 ? new LimitGrant(30, TimeSpan.Zero) : new LimitGrant(0, TimeSpan.FromMilliseconds(100)));
        var refused = await bucket.AcquireAsync(80);
        refused.IsAcquired.ShouldBeFalse();
        // Fifty are missing, ten come each second.
        RetryAfter(refused).ShouldBe(TimeSpan.FromSeconds(5));
        (await bucket.AcquireAsync(30)).IsAcquired.ShouldBeTrue("what was given is kept");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task While_silos_cannot_be_asked_a_gateway_counts_for_itself(bool fails)
    {
        var bucket = Make(rate: 1, burst: 3);
        _answer = _ => fails ? Task.FromException<LimitGrant>(new TenantException(TenantFailure.Unavailable, "gone")) : new TaskCompletionSource<LimitGrant>().Task;
        var first = bucket.AcquireAsync().AsTask();
        await UntilAsync(() => _wanted.Count == 1);
        // The wait for an answer begins on another thread: small steps, so that the clock is not far beyond its end.
        while (!fails && await Task.WhenAny(first, Task.Delay(20)) != first)
            _time.Advance(TimeSpan.FromMilliseconds(50));
        (await first).IsAcquired.ShouldBeTrue();
        for (var i = 0; i < 2; i++)
            (await bucket.AcquireAsync()).IsAcquired.ShouldBeTrue();
        (await bucket.AcquireAsync()).IsAcquired.ShouldBeFalse("it has a bucket of its own, and that has an end");
        _wanted.Count.ShouldBe(1);
        // They answer again: found out beside a request, which does not wait for it.
        _answer = wanted => Task.FromResult(new LimitGrant(wanted, TimeSpan.Zero));
        _time.Advance(TimeSpan.FromSeconds(6));
        using (await bucket.AcquireAsync())
            await UntilAsync(() => _wanted.Count == 2);
        await UntilAsync(() => bucket.AttemptAcquire().IsAcquired);
    }

    [Fact]
    public async Task It_is_idle_only_when_what_it_holds_would_have_come_back()
    {
        var bucket = Make(rate: 2, burst: 100);
        (await bucket.AcquireAsync()).IsAcquired.ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(49));
        bucket.IdleDuration.ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(1));
        bucket.IdleDuration.ShouldBe(TimeSpan.FromSeconds(50));
    }

    [Fact]
    public async Task Who_leaves_while_it_waits_takes_nothing_with_it()
    {
        var bucket = Make(rate: 1, burst: 4);
        var gate = new TaskCompletionSource<LimitGrant>();
        _answer = _ => gate.Task;
        using var gone = new CancellationTokenSource();
        var waiting = bucket.AcquireAsync(1, gone.Token).AsTask();
        await UntilAsync(() => _wanted.Count == 1);
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        gate.SetResult(new LimitGrant(1, TimeSpan.Zero));
        (await bucket.AcquireAsync()).IsAcquired.ShouldBeTrue();
    }

    private SharedBucket Make(int rate, int burst)
    {
        var bucket = new SharedBucket(
            TenantId.Parse("acme"), new LimitBucket("key/one", rate, burst), this,
            () => new FixedWindowRateLimiter(new FixedWindowRateLimiterOptions { PermitLimit = burst, Window = TimeSpan.FromDays(1), AutoReplenishment = false }),
            Patience, _time);
        _made.Add(bucket);
        return bucket;
    }

    private static TimeSpan RetryAfter(RateLimitLease lease) => lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : throw new InvalidOperationException("No time was said.");

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!condition())
            await Task.Delay(5, limit.Token);
    }
}
