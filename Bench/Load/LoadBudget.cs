using System.Diagnostics;

namespace Granary.Bench.Load;

/// <summary>Says when a run of load is over: after a time, or after a number of requests.</summary>
internal sealed class LoadBudget
{
    private readonly long _end;
    private readonly long _count;
    private long _taken;

    private LoadBudget(long end, long count, long taken = 0) => (_end, _count, _taken) = (end, count, taken);

    /// <summary>A run of some seconds, from now.</summary>
    public static LoadBudget For(TimeSpan duration) =>
        new(Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency), long.MaxValue);

    /// <summary>A run of some requests, numbered from <paramref name="first"/>.</summary>
    public static LoadBudget Of(long requests, long first = 0) => new(long.MaxValue, first + requests, first);

    /// <summary>The number of the next request, or −1 at the end.</summary>
    public long Next()
    {
        if (Stopwatch.GetTimestamp() >= _end)
            return -1;
        var n = Interlocked.Increment(ref _taken) - 1;
        return n < _count ? n : -1;
    }
}
