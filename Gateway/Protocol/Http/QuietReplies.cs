using Granary.Gateway.Configuration;

namespace Granary.Gateway.Protocol.Http;

/// <summary>
/// The replies that keep their clients waiting, in the order in which they will be heard of. All may be quiet for equally long, so one timer does for all; thousands may wait.
/// </summary>
internal sealed class QuietReplies : IDisposable
{
    private readonly Lock _lock = new();
    private readonly LinkedList<HttpReply> _waiting = new();
    private readonly TimeSpan _longest;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private bool _armed;

    public QuietReplies(GatewayOptions options, TimeProvider time)
    {
        _longest = options.KeepAlive;
        _time = time;
        _timer = time.CreateTimer(static quiet => ((QuietReplies)quiet!).BreakSilence(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>From now on the reply is quiet.</summary>
    public void Add(HttpReply reply)
    {
        lock (_lock)
        {
            if (reply.Waiting is not null)
                return;
            reply.QuietSince = _time.GetTimestamp();
            reply.Waiting = _waiting.AddLast(reply);
            if (!_armed)
                Arm(_longest);
        }
    }

    public void Remove(HttpReply reply)
    {
        // Most calls are answered at once and were never here: they need no lock.
        if (reply.Waiting is null)
            return;
        lock (_lock)
        {
            if (reply.Waiting is not { } place)
                return;
            _waiting.Remove(place);
            reply.Waiting = null;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void BreakSilence()
    {
        foreach (var reply in TakeDue())
            _ = reply.BreakSilenceAsync();
    }

    private List<HttpReply> TakeDue()
    {
        var due = new List<HttpReply>();
        lock (_lock)
        {
            _armed = false;
            while (_waiting.First is { } first)
            {
                var left = _longest - _time.GetElapsedTime(first.Value.QuietSince);
                if (left > TimeSpan.Zero)
                {
                    Arm(left);
                    break;
                }
                _waiting.RemoveFirst();
                first.Value.Waiting = null;
                due.Add(first.Value);
            }
        }
        return due;
    }

    // Whole milliseconds, as timers have them, and never too early for the first.
    private void Arm(TimeSpan left)
    {
        _armed = true;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }
}
