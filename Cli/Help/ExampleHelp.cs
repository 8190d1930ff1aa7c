using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Granary.Cli.Help;

/// <summary><c>--help</c> with examples behind it.</summary>
internal sealed class ExampleHelp(HelpAction inner) : SynchronousCommandLineAction
{
    /// <summary>Gives every command of a tree its examples.</summary>
    public static void AddTo(RootCommand root)
    {
        // The option is the root's, and every command's below it.
        var option = root.Options.OfType<HelpOption>().Single();
        option.Action = new ExampleHelp((HelpAction)option.Action!);
    }

    /// <inheritdoc />
    public override bool ClearsParseErrors => true;

    /// <inheritdoc />
    public override int Invoke(ParseResult parseResult)
    {
        var code = inner.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var examples = Examples.Of(PathOf(parseResult.CommandResult.Command));
        if (examples.Count == 0)
            return code;
        output.WriteLine(examples.Count == 1 ? "Example:" : "Examples:");
        foreach (var example in examples)
            output.WriteLine($"  {example}");
        output.WriteLine();
        return code;
    }

    private static string PathOf(Command command) =>
        command is RootCommand ? "" : string.Join(' ', command.Parents.OfType<Command>().Where(parent => parent is not RootCommand).Reverse().Append(command)
            .Select(one => one.Name));
}
