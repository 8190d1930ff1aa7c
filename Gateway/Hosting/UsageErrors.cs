using System.Text.RegularExpressions;
using Granary.Gateway.Schemas;

namespace Granary.Gateway.Hosting;

/// <summary>The parser's sentences about a command line, without names of .NET types and with the nearest flag.</summary>
internal static partial class UsageErrors
{
    /// <summary>What to print instead of a message of the parser.</summary>
    public static string Sentence(string message, IEnumerable<string> flags)
    {
        if (WrongType().Match(message) is { Success: true } wrong)
            return $"{wrong.Groups["flag"].Value} takes {Kind(wrong.Groups["type"].Value)}; it got '{wrong.Groups["value"].Value}'.";
        if (Unknown().Match(message) is { Success: true } unknown)
            return $"'{unknown.Groups["name"].Value}' is not known{NearestName.Hint(unknown.Groups["name"].Value, flags)}";
        return message;
    }

    private static string Kind(string type) =>
        type.Contains("Int", StringComparison.Ordinal) ? "a whole number" : type.Contains("Boolean", StringComparison.Ordinal) ? "true or false" : "another value";

    [GeneratedRegex("^Cannot parse argument '(?<value>.*)' for option '(?<flag>[^']+)' as expected type '(?<type>.+)'", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex WrongType();

    [GeneratedRegex("^Unrecognized command or argument '(?<name>.*)'", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Unknown();
}
