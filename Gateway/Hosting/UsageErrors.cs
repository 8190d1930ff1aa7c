using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Granary.Spelling;

namespace Granary.Gateway.Hosting;

/// <summary>The parser's sentences about a command line, without names of .NET types and with the nearest flag.</summary>
internal static partial class UsageErrors
{
    private const string CommandMissing = "Required command was not provided.";

    /// <summary>What is wrong with a command line, a sentence each; none where it can be carried out.</summary>
    public static IReadOnlyList<string> Describe(ParseResult given)
    {
        var command = given.CommandResult.Command;
        var unknown = given.UnmatchedTokens.Where((token, i) => i == 0 || token.StartsWith('-') || !given.UnmatchedTokens[i - 1].StartsWith('-')).ToList();
        string[] known = [.. command.Subcommands.Select(below => below.Name), .. command.Options.Select(option => option.Name)];
        return
        [
            .. unknown.Select(token => $"'{NearestName.Shorten(token)}' is not known{NearestName.Hint(token, known)}"),
            .. given.Errors.Select(error => error.Message)
                .Where(message => !Unknown().IsMatch(message) && !(unknown.Count > 0 && message == CommandMissing))
                .Select(message => Sentence(message, command)),
            .. given.CommandResult.Children.OfType<OptionResult>()
                .Where(option => option.Tokens.Any(token => token.Value.Length == 0))
                .Select(option => $"{option.Option.Name} is empty; give it a value, or leave it out."),
        ];
    }

    private static string Sentence(string message, Command command)
    {
        if (WrongType().Match(message) is { Success: true } wrong)
            return $"{wrong.Groups["flag"].Value} takes {Kind(wrong.Groups["type"].Value)}; it got '{wrong.Groups["value"].Value}'.";
        if (NoneOf().Match(message) is { Success: true } word)
        {
            string[] words = [.. word.Groups["word"].Captures.Select(capture => capture.Value)];
            var given = word.Groups["given"].Value;
            return $"'{NearestName.Shorten(given)}' is not one of {string.Join(", ", words)}{NearestName.Hint(given, words)}";
        }
        return message == CommandMissing ? $"{command.Name} needs a command: {string.Join(", ", command.Subcommands.Select(below => below.Name))}." : message;
    }

    private static string Kind(string type) =>
        type.Contains("Int", StringComparison.Ordinal) ? "a whole number" : type.Contains("Boolean", StringComparison.Ordinal) ? "true or false" : "another value";

    [GeneratedRegex("^Cannot parse argument '(?<value>.*)' for option '(?<flag>[^']+)' as expected type '(?<type>.+)'", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex WrongType();

    // The words are listed below each other.
    [GeneratedRegex("^Argument '(?<given>.*)' not recognized[^\\n]*(\\s+'(?<word>[^']+)')+", RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex NoneOf();

    [GeneratedRegex("^Unrecognized command or argument '(?<name>.*)'", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Unknown();
}
