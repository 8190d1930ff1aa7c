using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Granary.Instana.Time;

/// <summary>Reads a relative range: <c>last 2 hours</c>, <c>last week</c>, <c>last few hours</c>, <c>1h</c>, <c>24h</c>, <c>now-7d</c>.</summary>
internal static partial class TimeRangeText
{
    public const int MaxLength = 64;

    public const string Forms = "\"last 2 hours\", \"last week\", \"last few hours\", \"30m\", \"24h\" or \"7d\"";

    public static bool TryParse(string text, out TimeSpan range, [NotNullWhen(false)] out string? problem)
    {
        range = default;
        problem = null;
        if (text.Length > MaxLength)
            problem = $"is too long: at most {MaxLength} characters.";
        else if (Grammar().Match(text.Trim().ToLowerInvariant()) is not { Success: true } match || TimeUnit.Find(match.Groups["unit"].Value) is not { } unit)
            problem = $"is not a time range; write for example {Forms}.";
        else
            problem = Measure(match.Groups["count"].Value, unit, out range);
        return problem is null;
    }

    private static string? Measure(string count, TimeUnit unit, out TimeSpan range)
    {
        range = default;
        var number = count switch
        {
            "" or "a" or "an" or "one" => 1,
            "few" or "a few" => unit.Few,
            _ => int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : int.MaxValue,
        };
        if (number < 1 || number > unit.Max)
            return $"must be from 1 to {unit.Max} {unit.Name}s.";
        range = number * unit.Length;
        return null;
    }

    [GeneratedRegex(
        "^(?:(?:(?:in|over|for) )?(?:the )?(?:last|past|previous) *|now ?- ?)?(?<count>\\d{1,9}|a few|few|an|a|one)? *(?<unit>[a-z]{1,7})(?: ago)?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
