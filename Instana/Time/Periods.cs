using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Granary.Instana.Time;

/// <summary>
/// Reads a period: <c>last 2 hours</c>, <c>1h30m</c>, <c>PT2H</c>, <c>yesterday</c>, <c>since monday</c>, <c>last night</c>, <c>X to Y</c>,
/// <c>2026-03-10</c> (that day), <c>last 2 hours|Europe/Berlin</c>. Words that name days mean days in UTC, or in the zone that is named.
/// </summary>
internal static partial class Periods
{
    public const int MaxLength = 120;

    public const string Forms = "\"last 2 hours\", \"last week\", \"yesterday\", \"since monday\", \"1h30m\", \"24h\", \"PT2H\" or \"2026-03-10 08:00 to 2026-03-10 09:00\"";

    /// <summary>Forms that errors choose the nearest from.</summary>
    public static IReadOnlyList<string> Examples { get; } =
    [
        "last 10 minutes", "last 30 minutes", "last hour", "last 2 hours", "last 24 hours", "last day", "last 7 days", "last week", "last 30 days",
        "last month", "last quarter", "today", "yesterday", "last night", "this week", "this month", "since yesterday", "since monday", "1h", "24h", "7d", "PT2H",
    ];

    public static bool TryParse(string text, DateTimeOffset now, [NotNullWhen(true)] out TimeWindow? window, [NotNullWhen(false)] out string? problem)
    {
        window = null;
        problem = null;
        if (text.Length > MaxLength)
        {
            problem = $"is too long: at most {MaxLength} characters.";
            return false;
        }
        // What follows the bar is a zone's name, which keeps its case.
        var bar = text.IndexOf('|', StringComparison.Ordinal);
        var lower = bar < 0 ? text.ToLowerInvariant() : text[..bar].ToLowerInvariant() + text[bar..];
        var words = Spaces().Replace(lower, " ").Trim().Trim('"', '\'').TrimEnd('.');
        window = Milliseconds(words, now) ?? Ranges.Find(words, now) ?? Since(words, now) ?? Named(words, now) ?? Length(words, now) ?? Day(words);
        if (window is null)
            problem = Problem(words, now);
        return window is not null;
    }

    private static string Problem(string words, DateTimeOffset now)
    {
        if (IsAmbiguous(words))
            return $"may be seconds since 1970 or a length in milliseconds; write \"since {words}000\" or, for example, {Forms}.";
        if (!Moments.TryRead(words, now, out var moment, out _))
            return $"is not a time range; write for example {Forms}.";
        return moment < now.ToUnixTimeMilliseconds()
            ? $"is one moment, not a time range; write \"since {words}\", \"{words} to now\", or for example {Forms}."
            : $"is a moment in the future, not a time range; write for example {Forms}.";
    }

    /// <summary>A number is a length in milliseconds, as <c>windowSize</c> is.</summary>
    private static TimeWindow? Milliseconds(string words, DateTimeOffset now) =>
        !IsAmbiguous(words) && double.TryParse(words, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is >= 1000 and < 1e12
            ? To(now, TimeSpan.FromMilliseconds(number))
            : null;

    /// <summary>As a length three weeks and more, to the second; as seconds since 1970 a day since 2020.</summary>
    private static bool IsAmbiguous(string words) =>
        long.TryParse(words, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= Moments.Earliest / 1000 and < 4_102_444_800 && number % 60_000 != 0;

    private static TimeWindow? Length(string words, DateTimeOffset now)
    {
        DateText.SplitZone(words, out words, out _);
        words = Prefix().Replace(words, "");
        words = words.EndsWith(" ago", StringComparison.Ordinal) ? words[..^4] : words;
        return Durations.TryParse(words.Trim(), out var length) && length > TimeSpan.Zero ? To(now, length) : null;
    }

    private static TimeWindow? Since(string words, DateTimeOffset now)
    {
        var start = words.StartsWith("since ", StringComparison.Ordinal) ? words[6..]
            : words.StartsWith("after ", StringComparison.Ordinal) || words.StartsWith("from ", StringComparison.Ordinal) ? words[(words.IndexOf(' ', StringComparison.Ordinal) + 1)..]
            : null;
        if (start is null)
            return null;
        start = start.EndsWith(" on", StringComparison.Ordinal) || start.EndsWith(" onwards", StringComparison.Ordinal) ? start[..start.LastIndexOf(' ')] : start;
        if (Moments.TryRead(start, now, out var from, out _))
            return new TimeWindow(from, now.ToUnixTimeMilliseconds());
        // "since last week" is the last week, up to now.
        return Named(start, now) is { } named ? named with { To = now.ToUnixTimeMilliseconds() } : Length(start, now);
    }

    /// <summary>Calendar words, in the zone that is named.</summary>
    private static TimeWindow? Named(string words, DateTimeOffset now)
    {
        DateText.SplitZone(words, out words, out var zoneName);
        if (!TimeZones.TryFind(zoneName ?? "UTC", out var zone))
            return null;
        var local = TimeZoneInfo.ConvertTime(now, zone).DateTime;
        var monday = local.Date.AddDays(-(((int)local.DayOfWeek + 6) % 7));
        (DateTime From, DateTime To)? span = words switch
        {
            "now" or "right now" or "currently" or "recent" or "recently" or "latest" => (local.AddMinutes(-10), local),
            "this minute" => (local.AddMinutes(-1), local),
            "this hour" => (local.Date.AddHours(local.Hour), local),
            "today" or "this day" => (local.Date, local),
            "this week" => (monday, local),
            "this month" => (local.Date.AddDays(1 - local.Day), local),
            "this quarter" => (new DateTime(local.Year, ((local.Month - 1) / 3 * 3) + 1, 1), local),
            "last night" or "overnight" or "tonight" => (local.Date.AddHours(-6), Earlier(local.Date.AddHours(6), local)),
            "this morning" => (local.Date.AddHours(6), Earlier(local.Date.AddHours(12), local)),
            "this afternoon" => (local.Date.AddHours(12), Earlier(local.Date.AddHours(18), local)),
            "yesterday morning" => (local.Date.AddHours(-18), local.Date.AddHours(-12)),
            "yesterday afternoon" => (local.Date.AddHours(-12), local.Date.AddHours(-6)),
            "yesterday evening" or "last evening" => (local.Date.AddHours(-6), local.Date),
            "weekend" or "last weekend" or "the weekend" => (monday.AddDays(-2), monday),
            _ => null,
        };
        if (span is null && RelativeMoments.Day(words, local) is { } day)
            span = (day, Earlier(day.AddDays(1), local));
        // An hour that has only begun ("this morning" at five) is empty: then it is not what was meant.
        return span is { } found && found.From < found.To ? new TimeWindow(Utc(found.From, zone), Utc(found.To, zone)) : null;
    }

    /// <summary>A date without a time is that day.</summary>
    private static TimeWindow? Day(string words)
    {
        words = words.StartsWith("on ", StringComparison.Ordinal) ? words[3..] : words;
        return DateText.TryParse(words, out var day, out var whole, out _) && whole
            ? new TimeWindow(day.ToUnixTimeMilliseconds(), day.AddDays(1).ToUnixTimeMilliseconds())
            : null;
    }

    private static TimeWindow To(DateTimeOffset now, TimeSpan length) =>
        new(now.ToUnixTimeMilliseconds() - (long)length.TotalMilliseconds, now.ToUnixTimeMilliseconds());

    private static DateTime Earlier(DateTime a, DateTime b) => a < b ? a : b;

    private static long Utc(DateTime local, TimeZoneInfo zone) => new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUnixTimeMilliseconds();

    [GeneratedRegex(@"^(?:now ?- ?|-)|^(?:in |over |for |during |within |of )?(?:the )?(?:last|past|previous|recent|trailing|prior)? *", RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
