using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Granary.Instana.Time;

/// <summary>
/// Reads a moment as people and models write it: <c>10 March 2026, 2:00 PM|Europe/Berlin</c>, <c>2026-03-10T14:00:00+02:00</c>,
/// <c>20260310T140000Z</c>, <c>Tue, 10 Mar 2026 14:00:00 GMT</c>. UTC where no zone is named. <c>03/04/2026</c> is the third of April: the day comes first.
/// </summary>
internal static partial class DateText
{
    public const int MaxLength = 100;

    private static readonly string[] Days =
    [
        "yyyy-M-d", "yyyy/M/d", "d/M/yyyy", "d-M-yyyy", "d.M.yyyy", "M/d/yyyy", "d MMMM yyyy", "d MMM yyyy", "MMMM d yyyy", "MMM d yyyy", "d-MMM-yyyy",
        "yyyyMMdd", "yyyy MMMM d", "yyyy MMM d",
    ];

    private static readonly string[] Times =
    [
        "H:mm", "H:mm:ss", "H:mm:ss.FFFFFFF", "h:mm tt", "h:mm:ss tt", "h tt", "h:mmtt", "htt", "HHmmss", "HHmm",
    ];

    private static readonly string[] Formats = [.. Days, .. Days.SelectMany(day => Times.Select(time => $"{day} {time}"))];

    public static bool TryParse(string text, out DateTimeOffset moment, [NotNullWhen(false)] out string? problem) =>
        TryParse(text, out moment, out _, out problem);

    /// <param name="text">The text.</param>
    /// <param name="moment">The moment; of a day, its start.</param>
    /// <param name="wholeDay">Whether the text names a day and no time of it.</param>
    /// <param name="problem">What is wrong, as a predicate.</param>
    public static bool TryParse(string text, out DateTimeOffset moment, out bool wholeDay, [NotNullWhen(false)] out string? problem)
    {
        moment = default;
        wholeDay = false;
        if (text.Length > MaxLength)
        {
            problem = $"is too long for a date: at most {MaxLength} characters.";
            return false;
        }
        SplitZone(text, out var date, out var zoneName);
        var offset = SplitOffset(ref date);
        if (!TryLocal(Plain(date), out var local, out wholeDay))
        {
            problem = "is not a date; write epoch milliseconds, 2026-03-10T14:00:00Z, or \"10 March 2026, 2:00 PM|Europe/Berlin\".";
            return false;
        }
        if (offset is not null && zoneName is not null)
        {
            problem = "gives both an offset and a time zone; leave one out.";
            return false;
        }
        if (!TimeZones.TryFind(offset ?? zoneName ?? "UTC", out var zone))
        {
            problem = "names an unknown time zone; use UTC, an offset such as +02:00, or an IANA name such as Europe/Berlin.";
            return false;
        }
        problem = zone.IsInvalidTime(local) ? "does not exist in its time zone: the clocks go forward then." : null;
        if (problem is null)
            moment = new DateTimeOffset(local, zone.GetUtcOffset(local));
        return problem is null;
    }

    /// <summary>Whether a time ends with its offset from UTC.</summary>
    public static bool HasOffset(string text) => Offset().IsMatch(text);

    /// <summary>The zone behind a bar, or a zone's name at the end.</summary>
    public static void SplitZone(string text, out string date, out string? zone)
    {
        text = text.Trim();
        zone = null;
        date = text;
        var bar = text.LastIndexOf('|');
        if (bar >= 0)
        {
            date = text[..bar].Trim();
            zone = text[(bar + 1)..].Trim();
            return;
        }
        var space = text.LastIndexOf(' ');
        if (space <= 0 || (!TimeZones.IsAlias(text[(space + 1)..]) && !text[(space + 1)..].Contains('/', StringComparison.Ordinal)))
            return;
        date = text[..space].TrimEnd();
        zone = text[(space + 1)..].Trim('(', ')');
    }

    /// <summary>An offset counts only behind a time: <c>10-03-2026</c> ends with no offset.</summary>
    private static string? SplitOffset(ref string date)
    {
        if (Offset().Match(date) is not { Success: true } match)
            return null;
        var offset = match.Groups["offset"].Value;
        date = date[..match.Groups["offset"].Index].TrimEnd();
        return offset is "Z" or "z" ? "UTC" : offset;
    }

    /// <summary>Without commas, weekdays, ordinals and the T; dots of a.m. and p.m. go too.</summary>
    private static string Plain(string date)
    {
        date = date.Replace(',', ' ').Replace("a.m.", "am", StringComparison.OrdinalIgnoreCase).Replace("p.m.", "pm", StringComparison.OrdinalIgnoreCase);
        date = Weekday().Replace(date, "");
        date = Ordinal().Replace(date, "$1");
        date = Between().Replace(date, "$1 $2");
        return Spaces().Replace(date, " ").Trim();
    }

    private static bool TryLocal(string date, out DateTime local, out bool wholeDay)
    {
        wholeDay = DateTime.TryParseExact(date, Days, CultureInfo.InvariantCulture, DateTimeStyles.None, out local);
        return wholeDay || DateTime.TryParseExact(date, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out local);
    }

    [GeneratedRegex(@"(?:\d:\d{2}(?::\d{2}(?:[.]\d+)?)?|[tT]\d{4,6}) ?(?<offset>[zZ]|(?:UTC|GMT)?[+-]\d{2}:?\d{2}|(?:UTC|GMT)?[+-]\d{1,2})$", RegexOptions.CultureInvariant)]
    private static partial Regex Offset();

    [GeneratedRegex(@"^(mon|tue|wed|thu|fri|sat|sun)[a-z]*\b\.? *", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Weekday();

    [GeneratedRegex(@"\b(\d{1,2})(?:st|nd|rd|th)\b(?: of\b)?", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Ordinal();

    [GeneratedRegex(@"(\d)[tT](\d)|(?<=\d) at (?=\d)", RegexOptions.CultureInvariant)]
    private static partial Regex Between();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
