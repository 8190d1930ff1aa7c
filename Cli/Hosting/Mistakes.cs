using System.CommandLine;
using System.CommandLine.Parsing;
using Granary.Spelling;

namespace Granary.Cli.Hosting;

/// <summary>Says what is wrong with a command line, and what was probably meant.</summary>
internal static class Mistakes
{
    /// <summary>Options whose value may be empty: what an event says, and lists of none.</summary>
    private static readonly string[] MayBeEmpty = ["--data", "--value", "--text", "--message", "--reason", "--tags"];

    /// <summary>Names of files, vaults and events that are empty, as a variable of a shell is that was never set.</summary>
    public static IReadOnlyList<string> Empty(ParseResult given) =>
    [
        .. given.CommandResult.Children.Select(child => (Name: NameOf(child), child.Tokens))
            .Where(child => child.Name is not null && child.Tokens.Any(token => token.Value.Length == 0))
            .Select(child => $"{child.Name} is empty; give it a value, or leave it out."),
    ];

    /// <summary>The problems, a sentence each.</summary>
    public static IReadOnlyList<string> Describe(Command root, ParseResult given)
    {
        var command = given.CommandResult.Command;
        var unknown = Unknown(given);
        if (command.Subcommands.Count > 0)
            return [unknown.Count > 0 ? UnknownCommand(root, command, unknown[0]) : $"A command is missing: {Names(command)}."];
        return
        [
            .. unknown.Select(token => token.StartsWith('-') ? UnknownOption(command, token) : TooMany(command, token)),
            .. given.Errors.Select(error => error.Message).Where(message => !given.UnmatchedTokens.Any(token => message.Contains($"'{token}'", StringComparison.Ordinal)))
                .Select(OneLine),
        ];
    }

    // The library lists the words that an argument may be below each other.
    private static string OneLine(string message)
    {
        var lines = message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 1 || lines[0].Split('\'') is not [_, var word, ..])
            return message;
        var words = lines[1..].Select(line => line.Trim('\'')).ToList();
        return $"'{word}' is not one of {string.Join(", ", words)}" + (NearestName.Of(word, words) is { } near ? $"; did you mean {near}?" : ".");
    }

    private static string? NameOf(SymbolResult result) => result switch
    {
        ArgumentResult argument => argument.Argument.Name,
        OptionResult option when !MayBeEmpty.Contains(option.Option.Name) => option.Option.Name,
        _ => null,
    };

    // What stands behind an unknown option is most likely its value, which is no mistake of its own.
    private static List<string> Unknown(ParseResult given)
    {
        var unknown = new List<string>();
        foreach (var token in given.UnmatchedTokens)
        {
            if (unknown.Count == 0 || !unknown[^1].StartsWith('-') || token.StartsWith('-'))
                unknown.Add(token);
        }
        return unknown;
    }

    private static string UnknownCommand(Command root, Command at, string token)
    {
        if (token.StartsWith('-'))
            return UnknownOption(at, token);
        var here = at == root ? "" : $" below {at.Name}";
        // A command one level down or up counts as well as one of this level that is written nearly so.
        var near = NearestName.Of(token, at.Subcommands.Select(below => below.Name)) is { } sibling
            ? Path(root, at) + sibling
            : Leaves(root, "").Where(leaf => leaf.Name == token).Select(leaf => leaf.Path).FirstOrDefault()
                ?? Leaves(root, "").FirstOrDefault(leaf => NearestName.Of(token, [leaf.Name]) is not null).Path;
        return $"There is no command '{token}'{here}" + (near is null ? $"; there are {Names(at)}." : $"; did you mean provara {near}?");
    }

    private static string UnknownOption(Command command, string token)
    {
        var name = token.Split('=', 2)[0];
        var options = command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive)));
        var near = NearestName.Of(name, options.SelectMany(option => option.Aliases.Prepend(option.Name)));
        return $"There is no option {name}" + (near is null ? "." : $"; did you mean {near}?");
    }

    private static string TooMany(Command command, string token) => command.Arguments.Count == 0
        ? $"'{token}' is one argument too many: {command.Name} takes none."
        : $"'{token}' is one argument too many: {command.Name} takes {string.Join(' ', command.Arguments.Select(argument => argument.Name))}.";

    private static string Names(Command command) => string.Join(", ", command.Subcommands.Where(below => !below.Hidden).Select(below => below.Name));

    private static string Path(Command root, Command command) => command == root ? "" : command.Name + " ";

    private static IEnumerable<(string Name, string Path)> Leaves(Command command, string prefix) => command.Subcommands.SelectMany(below =>
        below.Subcommands.Count > 0 ? Leaves(below, prefix + below.Name + " ") : [(below.Name, prefix + below.Name)]);
}
