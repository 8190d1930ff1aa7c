namespace Granary.Tenants.Instana;

/// <summary>
/// Lets so many calls in, so many wait, and says so to the rest. Places are given in order of arrival. Thousands may wait, so each holds one timer and one
/// registration; a semaphore with a deadline needs two linked token sources more.
/// </summary>
internal sealed class CallGate(int places, int waiting, TimeProvider time)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _queue = new();
    private int _free = places;

    /// <summary>Waits for a place, at most until the deadline.</summary>
    /// <exception cref="TenantException">Busy: too many wait already, or the deadline passed.</exception>
    public async Task EnterAsync(DateTimeOffset? deadline, CancellationToken cancellation)
    {
        if (Queue() is not { } turn)
            return;
        try
        {
            await turn.Value.Task.WaitAsync(Left(deadline), time, cancellation);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            GiveUp(turn);
            if (e is TimeoutException)
                throw Busy("No call to this Instana connection ended before the deadline");
            throw;
        }
    }

    public void Leave()
    {
        LinkedListNode<TaskCompletionSource>? next;
        lock (_lock)
        {
            next = _queue.First;
            if (next is null)
                _free++;
            else
                _queue.RemoveFirst();
        }
        TenantMetrics.RunningInstanaCalls.Add(-1);
        next?.Value.SetResult();
    }

    /// <summary>Takes a place, or else a turn in the queue; null for a place.</summary>
    private LinkedListNode<TaskCompletionSource>? Queue()
    {
        LinkedListNode<TaskCompletionSource>? turn = null;
        lock (_lock)
        {
            if (_free > 0)
                _free--;
            else if (_queue.Count < waiting)
                turn = _queue.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            else
                throw Busy("Too many calls to this Instana connection are under way");
        }
        TenantMetrics.RunningInstanaCalls.Add(1);
        return turn;
    }

    private void GiveUp(LinkedListNode<TaskCompletionSource> turn)
    {
        lock (_lock)
        {
            if (turn.List is not null)
            {
                _queue.Remove(turn);
                TenantMetrics.RunningInstanaCalls.Add(-1);
                return;
            }
        }
        // A place was given to it in this moment.
        Leave();
    }

    private TimeSpan Left(DateTimeOffset? deadline)
    {
        if (deadline is not { } end)
            return Timeout.InfiniteTimeSpan;
        var left = end - time.GetUtcNow();
        // A timer cannot be set for the end of time, which is a deadline some callers send.
        return left <= TimeSpan.Zero ? TimeSpan.Zero : left < Longest ? left : Longest;
    }

    private static TenantException Busy(string reason) =>
        new(TenantFailure.Busy, $"{reason}; try again in {RetryAfter.TotalSeconds:0} s.", RetryAfter);
}
