using Microsoft.Extensions.Time.Testing;

namespace Granary.Testing;

/// <summary>A clock that is moved by hand and counts the timers that were set by it.</summary>
public sealed class CountedTimers : FakeTimeProvider
{
    /// <summary>How many timers were set.</summary>
    public int Timers { get; private set; }

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Timers++;
        return base.CreateTimer(callback, state, dueTime, period);
    }
}
