using Granary.Gateway.Configuration;

namespace Granary.Gateway.Protocol.Http;

/// <summary>
/// The replies that keep their clients waiting, the one that is heard of next first. All are quiet for equally long, so one timer does for all of them; thousands may wait.
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
            if (reply.Waiting.List is not null)
                return;
            reply.QuietSince = _time.GetTimestamp();
            _waiting.AddLast(reply.Waiting);
            if (!_armed)
                Arm(_longest);
        }
    }

    public void Remove(HttpReply reply)
    {
        lock (_lock)
        {
            if (reply.Waiting.List is not null)
                _waiting.Remove(reply.Waiting);
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
