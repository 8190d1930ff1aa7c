using System.CommandLine;
using System.CommandLine.Parsing;

namespace Granary.Cli.Hosting;

/// <summary>A command: its arguments are its fields, what it does is <see cref="RunAsync"/>.</summary>
internal abstract class CliCommand : Command
{
    protected CliCommand(string name, string description) : base(name, description)
    {
    }

    /// <summary>Does the work.</summary>
    /// <exception cref="CliFailure">It could not.</exception>
    public abstract Task<Outcome> RunAsync(Run run, CancellationToken cancellation);

    /// <summary>Whether an option was given, whatever its value: a validator that asks for a value that is none would fail over it.</summary>
    protected static bool Has(CommandResult given, Option option) => given.GetResult(option) is { Implicit: false };

    /// <summary>Adds an option and returns it.</summary>
    protected T With<T>(T option) where T : Option
    {
        Options.Add(option);
        return option;
    }

    /// <summary>Adds an argument that must be given.</summary>
    protected Argument<string> WithArgument(string name, string description)
    {
        var argument = new Argument<string>(name) { Description = description };
        Arguments.Add(argument);
        return argument;
    }

    /// <summary>Adds an option for a text.</summary>
    protected Option<string?> Text(string name, string description) => With(new Option<string?>(name) { Description = description, HelpName = "TEXT" });

    /// <summary>Adds an option for a text that must be given.</summary>
    protected Option<string> RequiredText(string name, string description) =>
        With(new Option<string>(name) { Description = description, HelpName = "TEXT", Required = true });

    /// <summary>Adds an option for a text with a default.</summary>
    protected Option<string> TextOr(string name, string description, string otherwise) =>
        With(new Option<string>(name) { Description = description, HelpName = "TEXT", DefaultValueFactory = _ => otherwise });

    /// <summary>Adds a switch.</summary>
    protected Option<bool> Switch(string name, string description) => With(new Option<bool>(name) { Description = description });

    /// <summary>Adds an option that takes one of a few words.</summary>
    protected Option<string> OneOf(string name, string description, string otherwise, params string[] words)
    {
        var option = TextOr(name, description, otherwise);
        option.AcceptOnlyFromAmong(words);
        return option;
    }
}
