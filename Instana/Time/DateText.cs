using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Granary.Instana.Time;

/// <summary>
/// Reads a moment as people and models write it: <c>10 March 2026, 2:00 PM|Europe/Berlin</c>, <c>2026-03-10T14:00:00+02:00</c>,
/// <c>2026-03-10 14:00</c>. UTC where no zone is named. <c>03/04/2026</c> is the third of April: the day comes first.
/// </summary>
internal static class DateText
{
    public const int MaxLength = 100;

    private static readonly string[] WithOffset =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd HH:mmzzz",
    ];

    private static readonly string[] Local =
    [
        "d MMMM yyyy, h:mm tt", "d MMMM yyyy, h tt", "d MMMM yyyy h:mm tt", "d MMMM yyyy h tt", "d MMMM yyyy HH:mm", "d MMMM yyyy, HH:mm",
        "MMMM d, yyyy h:mm tt", "MMMM d, yyyy h tt", "MMMM d, yyyy, h:mm tt", "MMMM d, yyyy HH:mm", "MMMM d, yyyy",  "d MMMM yyyy",
        "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd",
        "dd/MM/yyyy HH:mm", "dd/MM/yyyy HH:mm:ss", "dd-MM-yyyy HH:mm", "dd-MM-yyyy HH:mm:ss", "yyyy/MM/dd HH:mm", "yyyy/MM/dd HH:mm:ss",
    ];

    private static readonly string[] MonthFirst = ["MM/dd/yyyy HH:mm", "MM/dd/yyyy HH:mm:ss"];

    public static bool TryParse(string text, out DateTimeOffset moment, [NotNullWhen(false)] out string? problem)
    {
        moment = default;
        if (text.Length > MaxLength)
        {
            problem = $"is too long for a date: at most {MaxLength} characters.";
            return false;
        }
        SplitZone(text, out var date, out var zoneName);
        if (TryWithOffset(date, out moment))
        {
            problem = zoneName is null ? null : "gives both an offset and a time zone; leave one out.";
            return problem is null;
        }
        if (!TryLocal(date, out var local))
        {
            problem = "is not a date; write epoch milliseconds, 2026-03-10T14:00:00Z, or \"10 March 2026, 2:00 PM|Europe/Berlin\".";
            return false;
        }
        if (!TimeZones.TryFind(zoneName ?? "UTC", out var zone))
        {
            problem = "names an unknown time zone; use UTC, an offset such as +02:00, or an IANA name such as Europe/Berlin.";
            return false;
        }
        problem = zone.IsInvalidTime(local) ? "does not exist in its time zone: the clocks go forward then." : null;
        if (problem is null)
            moment = new DateTimeOffset(local, zone.GetUtcOffset(local));
        return problem is null;
    }

    private static void SplitZone(string text, out string date, out string? zone)
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
        zone = text[(space + 1)..];
    }

    private static bool TryWithOffset(string date, out DateTimeOffset moment)
    {
        var spelt = date.EndsWith('Z') || date.EndsWith('z') ? date[..^1] + "+00:00" : date;
        return DateTimeOffset.TryParseExact(spelt, WithOffset, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out moment);
    }

    private static bool TryLocal(string date, out DateTime local) =>
        DateTime.TryParseExact(date, Local, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out local)
        || DateTime.TryParseExact(date, MonthFirst, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out local);
}
