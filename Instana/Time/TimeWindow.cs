using System.Globalization;

namespace Granary.Instana.Time;

/// <summary>A stretch of time, both ends in epoch milliseconds.</summary>
/// <param name="From">The start, inclusive.</param>
/// <param name="To">The end, exclusive.</param>
internal sealed record TimeWindow(long From, long To)
{
    /// <summary>Both ends in ISO 8601, UTC.</summary>
    public override string ToString() => $"{Iso(From)} to {Iso(To)}";

    public static string Iso(long milliseconds)
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime;
        return time.ToString(time.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
    }
}
