using System.Text.RegularExpressions;

namespace Granary.Instana.Time;

/// <summary>
/// Reads a period by its two ends: <c>2026-03-10 08:00 to 09:00</c>, <c>between 9am and 10am EST</c>, <c>22:00-06:00</c>, <c>2 days ago until yesterday</c>, and
/// ISO 8601 intervals. An end that leaves out its day or its zone has the other's; hours alone are the latest that have begun.
/// </summary>
internal static partial class Ranges
{
    /// <summary>Reads a period in lower case; null where it has not two ends.</summary>
    public static TimeWindow? Find(string words, DateTimeOffset now)
    {
        var match = Hours().Match(words) is { Success: true } hours ? hours : Bounds().Match(words);
        // "1 hour and 30 minutes" and "now - 90m" are lengths, not two ends.
        if (!match.Success || words.StartsWith("now", StringComparison.Ordinal) || (match.Groups["and"].Success && !words.StartsWith("between ", StringComparison.Ordinal)))
            return null;
        var (left, right) = (match.Groups["from"].Value.Trim(), match.Groups["to"].Value.Trim());
        DateText.SplitZone(left, out var leftWords, out var leftZone);
        DateText.SplitZone(right, out var rightWords, out var rightZone);
        if (!TimeZones.TryFind(rightZone ?? leftZone ?? "UTC", out var zone))
            return null;
        if (RelativeMoments.TimeOf(rightWords) is { } end)
        {
            if (RelativeMoments.TimeOf(leftWords) is { } start && SameZone(leftZone, rightZone))
                return Latest(start, end, TimeZoneInfo.ConvertTime(now, zone).DateTime, zone);
            if (Clock().IsMatch(leftWords) && Read(left, leftZone, rightZone, now) is { } begin)
                return new TimeWindow(begin, EndOnDayOf(begin, end, zone));
        }
        var (from, to) = (Read(left, leftZone, rightZone, now), Read(right, rightZone, leftZone, now));
        // ISO 8601 intervals may name one end and the length.
        if (from is not null && right.StartsWith('p') && Durations.TryParse(right, out var after))
            return new TimeWindow(from.Value, from.Value + (long)after.TotalMilliseconds);
        if (to is not null && left.StartsWith('p') && Durations.TryParse(left, out var before))
            return new TimeWindow(to.Value - (long)before.TotalMilliseconds, to.Value);
        return from is not null && to is not null ? new TimeWindow(from.Value, to.Value) : null;
    }

    private static bool SameZone(string? left, string? right) => left is null || right is null || string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static long? Read(string end, string? ownZone, string? otherZone, DateTimeOffset now)
    {
        var text = ownZone is null && otherZone is not null && !DateText.HasOffset(end) ? $"{end}|{otherZone}" : end;
        return Moments.TryRead(text, now, out var moment, out _) ? moment : null;
    }

    /// <summary>From one hour to another, over midnight where the second is the earlier, on the latest day on which it has begun.</summary>
    private static TimeWindow Latest(TimeSpan start, TimeSpan end, DateTime local, TimeZoneInfo zone)
    {
        var (from, to) = (local.Date + start, local.Date + end);
        if (to <= from)
            from = from.AddDays(-1);
        return from < local ? new TimeWindow(Utc(from, zone), Utc(to, zone)) : new TimeWindow(Utc(from.AddDays(-1), zone), Utc(to.AddDays(-1), zone));
    }

    private static long EndOnDayOf(long begin, TimeSpan end, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(begin), zone).DateTime;
        return Utc(local.Date + end > local ? local.Date + end : local.Date.AddDays(1) + end, zone);
    }

    private static long Utc(DateTime local, TimeZoneInfo zone) => new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUnixTimeMilliseconds();

    /// <summary>Hours with a hyphen between them; behind a date that would be an offset.</summary>
    [GeneratedRegex(@"^(?:from |between )?(?<from>\d{1,2}:\d{2}(?: ?[ap]m)?|\d{1,2} ?[ap]m)[-–](?<to>(?:\d{1,2}:\d{2}(?: ?[ap]m)?|\d{1,2} ?[ap]m)(?:[| ].+)?)$", RegexOptions.CultureInvariant)]
    private static partial Regex Hours();

    [GeneratedRegex(@"^(?:from |between )?(?<from>.+?)(?: to | until | till |(?<and> and )| - | ?– ?|/(?=p|\d{4}-|\d{8}t))(?<to>.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Bounds();

    [GeneratedRegex(@"\d:\d\d|\d ?[ap]m\b|\b(?:noon|midnight)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Clock();
}
