using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Granary.Instana.Time;

/// <summary>Reads a moment in any form that the tools accept and keeps it within what the backend can answer.</summary>
internal static class Moments
{
    /// <summary>2020-01-01: before that, it is a unit mistaken or a typing error.</summary>
    public const long Earliest = 1_577_836_800_000;

    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    /// <summary>The longest stretch of time in one question.</summary>
    public static readonly TimeSpan MaxRange = TimeSpan.FromDays(90);

    /// <summary>A number, a numeric string, <c>now-2h</c>, <c>6 hours ago</c>, <c>yesterday</c>, or a date; not later than now.</summary>
    public static bool TryParse(string text, DateTimeOffset now, out long milliseconds, [NotNullWhen(false)] out string? problem)
    {
        if (TryRead(text, now, out milliseconds, out problem) && milliseconds > (now + Skew).ToUnixTimeMilliseconds())
            problem = "is in the future.";
        return problem is null;
    }

    /// <summary>The same, for what may lie ahead: the start of a maintenance window.</summary>
    public static bool TryRead(string text, DateTimeOffset now, out long milliseconds, [NotNullWhen(false)] out string? problem)
    {
        text = text.Trim();
        milliseconds = 0;
        problem = null;
        if (double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            milliseconds = number is > -1e18 and < 1e18 ? (long)number : number < 0 ? long.MinValue : long.MaxValue;
        else if (RelativeMoments.TryParse(text, now, out var moment))
            milliseconds = moment.ToUnixTimeMilliseconds();
        else if (DateText.TryParse(text, out moment, out problem))
            milliseconds = moment.ToUnixTimeMilliseconds();
        problem ??= Check(milliseconds);
        return problem is null;
    }

    private static string? Check(long milliseconds)
    {
        if (milliseconds > 4_102_444_800_000)
            return "is in the future: it lies beyond the year 2100.";
        if (milliseconds >= Earliest)
            return null;
        return milliseconds is >= Earliest / 1000 and < 100_000_000_000
            ? "looks like seconds; give epoch milliseconds (multiply by 1000)."
            : "must not be before 2020-01-01 (1577836800000 in epoch milliseconds).";
    }
}
