using System.Globalization;
using System.Text.RegularExpressions;

namespace Granary.Instana.Time;

/// <summary>
/// Reads lengths of time: <c>2 hours</c>, <c>1h30m</c>, <c>seven days</c>, <c>1.5 hours</c>, <c>half an hour</c>, <c>PT2H</c>, <c>P1DT12H</c>.
/// A month is 30 days, a quarter 90.
/// </summary>
internal static partial class Durations
{
    /// <summary>Longer than anything the backend keeps; sums stay finite.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    private static readonly string[] Small =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
        "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] Tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    /// <summary>Reads a length; the text is in lower case.</summary>
    public static bool TryParse(string text, out TimeSpan length)
    {
        length = default;
        if (Iso().Match(text) is { Success: true } iso && text.Length > 2 && !text.EndsWith('t'))
            return TrySum(iso, out length);
        var position = 0;
        var total = 0.0;
        var parts = 0;
        while (position < text.Length)
        {
            if (Part().Match(text, position) is not { Success: true } part || part.Length == 0 || part.Index != position || !TryPart(part, out var ticks))
                return false;
            total += ticks;
            parts++;
            position += part.Length;
        }
        length = Bounded(total);
        return parts > 0;
    }

    private static bool TryPart(Match part, out double ticks)
    {
        ticks = 0;
        if (TimeUnit.Find(part.Groups["unit"].Value) is not { } unit)
            return false;
        if (Count(part.Groups["count"].Value.Trim(), unit) is not { } count)
            return false;
        ticks = count * unit.Length.Ticks;
        return true;
    }

    private static double? Count(string count, TimeUnit unit)
    {
        switch (count)
        {
            case "" or "a" or "an":
                return 1;
            case "half" or "half a" or "half an":
                return 0.5;
            case "a few" or "few" or "several":
                return unit.Few;
            case "a couple" or "couple" or "a couple of" or "couple of":
                return 2;
        }
        if (double.TryParse(count, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return Math.Min(number, 1e12);
        var words = count.Split([' ', '-'], StringSplitOptions.RemoveEmptyEntries);
        var ten = Array.IndexOf(Tens, words[0]);
        var small = Array.IndexOf(Small, words[^1]);
        return words.Length switch
        {
            1 when ten >= 0 => (ten + 2) * 10,
            1 when small >= 0 => small,
            2 when ten >= 0 && small is > 0 and < 10 => ((ten + 2) * 10) + small,
            _ => null,
        };
    }

    private static bool TrySum(Match iso, out TimeSpan length)
    {
        var days = (Value(iso, "y") * 365) + (Value(iso, "mo") * 30) + (Value(iso, "w") * 7) + Value(iso, "d");
        length = Bounded((days * TimeSpan.TicksPerDay) + (Value(iso, "h") * TimeSpan.TicksPerHour) + (Value(iso, "m") * TimeSpan.TicksPerMinute)
            + (Value(iso, "s") * TimeSpan.TicksPerSecond));
        return true;
    }

    private static double Value(Match match, string name) =>
        double.TryParse(match.Groups[name].Value.Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? Math.Min(value, 1e12) : 0;

    private static TimeSpan Bounded(double ticks) => ticks >= Longest.Ticks ? Longest : TimeSpan.FromTicks((long)Math.Round(ticks));

    [GeneratedRegex(
        @"^p(?:(?<y>\d+(?:[.,]\d+)?)y)?(?:(?<mo>\d+(?:[.,]\d+)?)m)?(?:(?<w>\d+(?:[.,]\d+)?)w)?(?:(?<d>\d+(?:[.,]\d+)?)d)?(?:t(?:(?<h>\d+(?:[.,]\d+)?)h)?(?:(?<m>\d+(?:[.,]\d+)?)m)?(?:(?<s>\d+(?:[.,]\d+)?)s)?)?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Iso();

    [GeneratedRegex(
        @"\G *(?:(?:,|and|\+)? *)(?<count>\d+(?:\.\d+)?|half an?|half|a couple of|couple of|a couple|couple|a few|few|several|an(?= )|a(?= )|(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)(?![a-z]))? *-?(?<unit>[a-z]{1,12})\.? *(?=$|[\d,+ a-z])",
        RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
