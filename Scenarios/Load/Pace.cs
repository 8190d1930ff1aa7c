using System.Diagnostics;

namespace Granary.Scenarios.Load;

/// <summary>Tells callers when to begin, so many a second. Time lost in a stall is not made up for.</summary>
internal sealed class Pace(double perSecond)
{
    private static readonly long LateLimit = Stopwatch.Frequency / 4;

    private readonly long _step = (long)(Stopwatch.Frequency / perSecond);
    private readonly Lock _lock = new();
    private long _due = Stopwatch.GetTimestamp();
    private long _number;

    /// <summary>Waits for the next turn; the result is its number.</summary>
    public async ValueTask<long> NextAsync(CancellationToken cancellation)
    {
        long number, due;
        lock (_lock)
        {
            _due = Math.Max(_due + _step, Stopwatch.GetTimestamp() - LateLimit);
            (number, due) = (_number++, _due);
        }
        var wait = due - Stopwatch.GetTimestamp();
        if (wait > 0)
            await Task.Delay(TimeSpan.FromSeconds((double)wait / Stopwatch.Frequency), TimeProvider.System, cancellation);
        return number;
    }
}
