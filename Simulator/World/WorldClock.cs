namespace Granary.Simulator.World;

/// <summary>The world's clock: the machine's, moved and stopped on request.</summary>
public sealed class WorldClock(TimeProvider source) : TimeProvider
{
    private readonly Lock _lock = new();
    private TimeSpan _ahead;
    private DateTimeOffset? _stopped;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _stopped ?? source.GetUtcNow() + _ahead;
    }

    /// <summary>Sets the time; it goes on from there unless it stands still.</summary>
    public void Set(DateTimeOffset now)
    {
        lock (_lock)
        {
            _ahead = now - source.GetUtcNow();
            _stopped = _stopped is null ? null : now;
        }
    }

    /// <summary>Lets the time stand still, or go on.</summary>
    public void Stop(bool stopped)
    {
        lock (_lock)
        {
            var now = _stopped ?? source.GetUtcNow() + _ahead;
            _stopped = stopped ? now : null;
            _ahead = now - source.GetUtcNow();
        }
    }
}
