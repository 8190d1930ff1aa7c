using System.Diagnostics.CodeAnalysis;

namespace Granary.Tenants.Instana;

/// <summary>
/// Lets so many calls in, so many wait, and says so to the rest. Places are given in order of arrival. Thousands may wait, so each holds its turn and one registration; one timer
/// watches over the deadlines of all.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The timer rings once after the last call that waited, and then holds nothing.")]
internal sealed class CallGate(int places, int waiting, TimeProvider time)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly LinkedList<Turn> _queue = new();
    private int _free = places;
    private ITimer? _timer;
    private DateTimeOffset _alarm = DateTimeOffset.MaxValue;

    /// <summary>Waits for a place, at most until the deadline.</summary>
    /// <exception cref="TenantException">Busy: too many wait already, or the deadline passed.</exception>
    public Task EnterAsync(DateTimeOffset? deadline, CancellationToken cancellation)
    {
        Turn turn;
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                TenantMetrics.RunningInstanaCalls.Add(1);
                return Task.CompletedTask;
            }
            if (_queue.Count >= waiting)
                return Task.FromException(Busy("Too many calls to this Instana connection are under way"));
            if (deadline <= time.GetUtcNow())
                return Task.FromException(TooLate());
            turn = new Turn(this, deadline ?? DateTimeOffset.MaxValue);
            _queue.AddLast(turn.Node);
            TenantMetrics.RunningInstanaCalls.Add(1);
            WakeBy(turn.Deadline);
        }
        // It ends with the call's own token, which outlives no call.
        cancellation.UnsafeRegister(static (turn, cancellation) => ((Turn)turn!).Cancel(cancellation), turn);
        return turn.Task;
    }

    public void Leave()
    {
        Turn? next;
        lock (_lock)
        {
            next = _queue.First?.Value;
            if (next is null)
                _free++;
            else
                _queue.RemoveFirst();
        }
        TenantMetrics.RunningInstanaCalls.Add(-1);
        next?.SetResult();
    }

    private bool TryRemove(Turn turn)
    {
        lock (_lock)
        {
            // One that was given a place in this moment keeps it: its call sees for itself that it is not wanted.
            if (turn.Node.List is null)
                return false;
            _queue.Remove(turn.Node);
        }
        TenantMetrics.RunningInstanaCalls.Add(-1);
        return true;
    }

    private void Ring()
    {
        List<Turn> late = [];
        lock (_lock)
        {
            var now = time.GetUtcNow();
            _alarm = DateTimeOffset.MaxValue;
            foreach (var turn in _queue)
            {
                if (turn.Deadline <= now)
                    late.Add(turn);
                else
                    WakeBy(turn.Deadline);
            }
        }
        foreach (var turn in late)
        {
            if (TryRemove(turn))
                turn.SetException(TooLate());
        }
    }

    /// <summary>Has the timer ring then, unless it rings earlier anyway. The lock is held.</summary>
    private void WakeBy(DateTimeOffset deadline)
    {
        if (deadline >= _alarm)
            return;
        _alarm = deadline;
        _timer ??= time.CreateTimer(static gate => ((CallGate)gate!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        // Whole milliseconds, as timers have them, and never before the deadline.
        var left = TimeSpan.FromMilliseconds(Math.Ceiling((deadline - time.GetUtcNow()).TotalMilliseconds));
        _timer.Change(left < TimeSpan.Zero ? TimeSpan.Zero : left < Longest ? left : Longest, Timeout.InfiniteTimeSpan);
    }

    private static TenantException TooLate() => Busy("No call to this Instana connection ended before the deadline");

    private static TenantException Busy(string reason) =>
        new(TenantFailure.Busy, $"{reason}; try again in {RetryAfter.TotalSeconds:0} s.", RetryAfter);

    /// <summary>A call that waits.</summary>
    private sealed class Turn : TaskCompletionSource
    {
        private readonly CallGate _gate;

        public Turn(CallGate gate, DateTimeOffset deadline) : base(TaskCreationOptions.RunContinuationsAsynchronously)
        {
            _gate = gate;
            Deadline = deadline;
            Node = new LinkedListNode<Turn>(this);
        }

        public DateTimeOffset Deadline { get; }

        public LinkedListNode<Turn> Node { get; }

        public void Cancel(CancellationToken cancellation)
        {
            if (_gate.TryRemove(this))
                SetCanceled(cancellation);
        }
    }
}
