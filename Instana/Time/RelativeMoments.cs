using System.Globalization;
using System.Text.RegularExpressions;

namespace Granary.Instana.Time;

/// <summary>Reads moments relative to now: <c>now</c>, <c>now-2h</c>, <c>6 hours ago</c>, <c>yesterday</c>, <c>yesterday at 6 pm</c>, <c>monday</c>, <c>06:00</c>.</summary>
internal static partial class RelativeMoments
{
    private static readonly string[] Weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    private static readonly string[] Clock = ["H:mm", "H:mm:ss", "h:mm tt", "h tt", "h:mmtt", "htt"];

    public static bool TryParse(string text, DateTimeOffset now, out DateTimeOffset moment)
    {
        moment = default;
        if (text.Length > DateText.MaxLength)
            return false;
        DateText.SplitZone(text, out var words, out var zoneName);
        if (!TimeZones.TryFind(zoneName ?? "UTC", out var zone))
            return false;
        words = Spaces().Replace(words.ToLowerInvariant(), " ").Trim().TrimEnd('.');
        if (TryDistance(words, now, out moment))
            return true;
        var local = TimeZoneInfo.ConvertTime(now, zone).DateTime;
        if (TryLocal(words, local) is not { } found)
            return false;
        moment = new DateTimeOffset(found, zone.GetUtcOffset(found));
        return true;
    }

    /// <summary>The start of the day that a word names; null where it names none.</summary>
    public static DateTime? Day(string word, DateTime local)
    {
        switch (word)
        {
            case "today" or "this day" or "start of day" or "start of today" or "beginning of today":
                return local.Date;
            case "yesterday" or "start of yesterday" or "beginning of yesterday":
                return local.Date.AddDays(-1);
            case "day before yesterday" or "the day before yesterday":
                return local.Date.AddDays(-2);
            case "tomorrow":
                return local.Date.AddDays(1);
        }
        var name = word.StartsWith("last ", StringComparison.Ordinal) || word.StartsWith("this ", StringComparison.Ordinal) ? word[5..]
            : word.StartsWith("on ", StringComparison.Ordinal) ? word[3..] : word;
        var weekday = Array.FindIndex(Weekdays, known => known == name || (name.Length is 3 or 4 && known.StartsWith(name, StringComparison.Ordinal)));
        if (weekday < 0)
            return null;
        var back = ((int)local.DayOfWeek - weekday + 7) % 7;
        // "last monday" on a Monday is a week ago, "monday" is today.
        return local.Date.AddDays(back == 0 && word.StartsWith("last ", StringComparison.Ordinal) ? -7 : -back);
    }

    private static bool TryDistance(string words, DateTimeOffset now, out DateTimeOffset moment)
    {
        moment = now;
        if (words is "now" or "right now" or "just now" or "current time")
            return true;
        if (Distance().Match(words) is not { Success: true } match || !Durations.TryParse(match.Groups["length"].Value.Trim(), out var length))
            return false;
        if (match.Groups["ago"].Length == 0 && match.Groups["minus"].Length == 0 && !match.Groups["length"].Value.Any(char.IsAsciiDigit))
            return false;
        if (length > TimeSpan.FromDays(3650))
            return false;
        moment = now - length;
        return true;
    }

    private static DateTime? TryLocal(string words, DateTime local)
    {
        switch (words)
        {
            case "midnight":
                return local.Date;
            case "noon" or "midday":
                return local.Date.AddHours(12);
            case "last night":
                return local.Date.AddHours(-6);
            case "this morning":
                return local.Date.AddHours(6);
            case "this week" or "start of week" or "start of the week":
                return local.Date.AddDays(-(((int)local.DayOfWeek + 6) % 7));
            case "this month" or "start of month" or "start of the month":
                return local.Date.AddDays(1 - local.Day);
            case "this hour":
                return local.Date.AddHours(local.Hour);
        }
        if (Day(words, local) is { } day)
            return day;
        if (TimeOf(words) is { } today)
            return local.Date + today;
        var split = DayAndTime().Match(words);
        return split.Success && Day(split.Groups["day"].Value.Trim(), local) is { } named && TimeOf(split.Groups["time"].Value) is { } time ? named + time : null;
    }

    /// <summary>A time of day that stands alone; null where it is none.</summary>
    public static TimeSpan? TimeOf(string text) => text switch
    {
        "noon" => TimeSpan.FromHours(12),
        "midnight" => TimeSpan.Zero,
        "morning" => TimeSpan.FromHours(6),
        "afternoon" => TimeSpan.FromHours(12),
        "evening" => TimeSpan.FromHours(18),
        _ => text.Any(c => c is ':' or 'm')
            && DateTime.TryParseExact(text, Clock, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out var time) ? time.TimeOfDay : null,
    };

    [GeneratedRegex(@"^(?<minus>(?:now ?)?- ?)?(?<length>[^-]+?)(?<ago> ago| back| earlier)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Distance();

    [GeneratedRegex(@"^(?<day>[a-z ]+?) (?:at )?(?<time>[0-9: ]+(?:am|pm)?|noon|midnight|morning|afternoon|evening)$", RegexOptions.CultureInvariant)]
    private static partial Regex DayAndTime();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
