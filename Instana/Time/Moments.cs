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

    /// <summary>A number, a numeric string, <c>now</c>, <c>now-2h</c>, or a date.</summary>
    public static bool TryParse(string text, DateTimeOffset now, out long milliseconds, [NotNullWhen(false)] out string? problem)
    {
        text = text.Trim();
        milliseconds = 0;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out milliseconds))
        {
            problem = null;
        }
        else if (text.StartsWith("now", StringComparison.OrdinalIgnoreCase))
        {
            var ago = TimeSpan.Zero;
            problem = text.Length == 3 || TimeRangeText.TryParse(text, out ago, out _) ? null : "is not a moment; write now or for example now-2h.";
            milliseconds = (now - ago).ToUnixTimeMilliseconds();
        }
        else if (DateText.TryParse(text, out var moment, out problem))
        {
            milliseconds = moment.ToUnixTimeMilliseconds();
        }
        problem ??= Check(milliseconds, now);
        return problem is null;
    }

    private static string? Check(long milliseconds, DateTimeOffset now)
    {
        if (milliseconds < Earliest)
        {
            return milliseconds is >= Earliest / 1000 and < 100_000_000_000
                ? "looks like seconds; give epoch milliseconds (multiply by 1000)."
                : "must not be before 2020-01-01 (1577836800000 in epoch milliseconds).";
        }
        return milliseconds > (now + Skew).ToUnixTimeMilliseconds() ? "is in the future." : null;
    }
}
