using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Granary.Instana.Time;

/// <summary>Time zones by IANA name, by the short names people use, or as an offset. An unknown name is an error, never UTC.</summary>
internal static class TimeZones
{
    private const int MaxLength = 64;

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["UTC"] = "UTC",
        ["GMT"] = "UTC",
        ["Z"] = "UTC",
        ["IST"] = "Asia/Kolkata",
        ["ET"] = "America/New_York",
        ["CT"] = "America/Chicago",
        ["MT"] = "America/Denver",
        ["PT"] = "America/Los_Angeles",
        ["EST5"] = "Etc/GMT+5",
        ["PST8"] = "Etc/GMT+8",
        ["CET"] = "Europe/Paris",
        ["JST"] = "Asia/Tokyo",
        ["AEST"] = "Australia/Sydney",
        // Abbreviations that say summer or winter mean the offset, not the place.
        ["EST"] = "-05:00",
        ["EDT"] = "-04:00",
        ["CST"] = "-06:00",
        ["CDT"] = "-05:00",
        ["MST"] = "-07:00",
        ["MDT"] = "-06:00",
        ["PST"] = "-08:00",
        ["PDT"] = "-07:00",
        ["AKST"] = "-09:00",
        ["HST"] = "-10:00",
        ["WET"] = "+00:00",
        ["BST"] = "+01:00",
        ["WEST"] = "+01:00",
        ["CEST"] = "+02:00",
        ["EET"] = "+02:00",
        ["SAST"] = "+02:00",
        ["EEST"] = "+03:00",
        ["MSK"] = "+03:00",
        ["GST"] = "+04:00",
        ["PKT"] = "+05:00",
        ["SGT"] = "+08:00",
        ["HKT"] = "+08:00",
        ["KST"] = "+09:00",
        ["ACST"] = "+09:30",
        ["AEDT"] = "+11:00",
        ["NZST"] = "+12:00",
        ["NZDT"] = "+13:00",
    };

    public static bool IsAlias(string name) => Aliases.ContainsKey(name);

    public static bool TryFind(string name, [NotNullWhen(true)] out TimeZoneInfo? zone)
    {
        zone = null;
        name = name.Trim();
        if (name.Length is 0 or > MaxLength)
            return false;
        if (Aliases.TryGetValue(name, out var alias))
            name = alias;
        if (name == "UTC")
        {
            zone = TimeZoneInfo.Utc;
            return true;
        }
        // "UTC+2" and "GMT-03:30" are offsets too.
        if (name.Length > 3 && name[3] is ('+' or '-') && name[..3].ToUpperInvariant() is ("UTC" or "GMT"))
            name = name[3..];
        if (name[0] is '+' or '-')
            return TryOffset(name, out zone);
        if (!IsPlain(name))
            return false;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone))
            return true;
        // Zones are files, and their names have a case; people write any.
        zone = TimeZoneInfo.GetSystemTimeZones().FirstOrDefault(known => known.Id.Equals(name, StringComparison.OrdinalIgnoreCase));
        return zone is not null;
    }

    private static bool TryOffset(string text, [NotNullWhen(true)] out TimeZoneInfo? zone)
    {
        zone = null;
        var digits = text[1..].Replace(":", "", StringComparison.Ordinal);
        if (!TimeSpan.TryParseExact((digits.Length == 1 ? "0" + digits : digits).PadRight(4, '0'), "hhmm", CultureInfo.InvariantCulture, out var offset) || offset > TimeSpan.FromHours(14))
            return false;
        zone = TimeZoneInfo.CreateCustomTimeZone(text, text[0] == '-' ? -offset : offset, text, text);
        return true;
    }

    /// <summary>A zone's name becomes a file's name on some systems.</summary>
    private static bool IsPlain(string name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '+' or '/'))
                return false;
        }
        return char.IsAsciiLetter(name[0]);
    }
}
