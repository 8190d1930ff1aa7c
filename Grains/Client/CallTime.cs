namespace Granary.Grains.Client;

/// <summary>What one call has left of its time, by a clock that nobody sets.</summary>
internal readonly struct CallTime(TimeSpan patience, TimeProvider time)
{
    private readonly long _begin = time.GetTimestamp();

    public TimeSpan Left => patience - time.GetElapsedTime(_begin) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>How long to wait before repeat number <paramref name="repeat"/>: twice as long each time, up to a second, and no two callers the same.</summary>
    public static TimeSpan Pause(int repeat)
    {
        const double First = 20;
        const double Longest = 1000;
        var pause = Math.Min(First * Math.Pow(2, Math.Min(repeat, 10)), Longest);
        return TimeSpan.FromMilliseconds(pause * (0.5 + (Random.Shared.NextDouble() / 2)));
    }
}
