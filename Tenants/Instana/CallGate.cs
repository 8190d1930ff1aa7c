using System.Diagnostics.CodeAnalysis;

namespace Granary.Tenants.Instana;

/// <summary>Lets so many calls in, so many wait, and says so to the rest. Places are given in order of arrival.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim whose wait handle is never asked for holds nothing to dispose.")]
internal sealed class CallGate(int places, int waiting, TimeProvider time)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly SemaphoreSlim _places = new(places);
    private int _present;

    /// <summary>Waits for a place, at most until the deadline.</summary>
    /// <exception cref="TenantException">Busy: too many wait already, or the deadline passed.</exception>
    public async Task EnterAsync(DateTimeOffset? deadline, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _present) > places + waiting)
        {
            Interlocked.Decrement(ref _present);
            throw Busy("Too many calls to this Instana connection are under way");
        }
        TenantMetrics.RunningInstanaCalls.Add(1);
        var entered = false;
        try
        {
            entered = _places.Wait(0, CancellationToken.None) || await WaitAsync(deadline, cancellation);
        }
        finally
        {
            if (!entered)
                Count(-1);
        }
        if (!entered)
            throw Busy("No call to this Instana connection ended before the deadline");
    }

    public void Leave()
    {
        Count(-1);
        _places.Release();
    }

    private void Count(int change)
    {
        Interlocked.Add(ref _present, change);
        TenantMetrics.RunningInstanaCalls.Add(change);
    }

    private async Task<bool> WaitAsync(DateTimeOffset? deadline, CancellationToken cancellation)
    {
        if (deadline is not { } end)
        {
            await _places.WaitAsync(cancellation);
            return true;
        }
        var left = end - time.GetUtcNow();
        if (left <= TimeSpan.Zero)
            return false;
        // A timer cannot be set for the end of time, which is a deadline some callers send.
        using var limit = new CancellationTokenSource(left < Longest ? left : Longest, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            await _places.WaitAsync(linked.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private static TenantException Busy(string reason) =>
        new(TenantFailure.Busy, $"{reason}; try again in {RetryAfter.TotalSeconds:0} s.", RetryAfter);
}
