namespace Granary.Instana.Time;

/// <summary>Lengths of time in words, by their largest unit.</summary>
internal static class Spans
{
    /// <summary><c>3 hours ago</c>, <c>just now</c>.</summary>
    public static string Age(long milliseconds) => milliseconds < 60_000 ? "just now" : Words(milliseconds) + " ago";

    /// <summary><c>2 days</c>, <c>1 hour</c>, <c>45 seconds</c>.</summary>
    public static string Words(long milliseconds)
    {
        var seconds = milliseconds / 1000;
        return seconds switch
        {
            >= 86_400 => Count(seconds / 86_400, "day"),
            >= 3_600 => Count(seconds / 3_600, "hour"),
            >= 60 => Count(seconds / 60, "minute"),
            _ => Count(seconds, "second"),
        };
    }

    /// <summary>By the two largest units: <c>1 hour 20 minutes</c>.</summary>
    public static string Exact(long milliseconds)
    {
        var seconds = milliseconds / 1000;
        var (large, small) = seconds switch
        {
            >= 86_400 => (Count(seconds / 86_400, "day"), Rest(seconds % 86_400 / 3600, "hour")),
            >= 3_600 => (Count(seconds / 3_600, "hour"), Rest(seconds % 3_600 / 60, "minute")),
            >= 60 => (Count(seconds / 60, "minute"), Rest(seconds % 60, "second")),
            _ => (Count(seconds, "second"), ""),
        };
        return large + small;
    }

    private static string Rest(long number, string unit) => number == 0 ? "" : " " + Count(number, unit);

    private static string Count(long number, string unit) => number == 1 ? $"1 {unit}" : $"{number} {unit}s";
}
