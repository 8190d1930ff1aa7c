using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json.Nodes;
using Granary.Cli.Help;
using Granary.Cli.Hosting;
using Granary.Cli.Output;

namespace Granary.Cli;

/// <summary>The program: a command line in, output and an exit code out.</summary>
internal static class ProvaraCommand
{
    private const int Failed = 1;
    private const int UsageError = 2;

    private static readonly Option<bool> Json = new("--json") { Description = "Print the result as JSON", Recursive = true };

    /// <summary>Runs a command.</summary>
    /// <returns>0 when all is well, 1 when the work failed or the answer is a bad one, 2 when the command line was not understood.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CliHost host)
    {
        try
        {
            return await ParseAsync(PythonModule.Strip(args), host);
        }
        catch (Exception failure)
        {
            // Whatever comes as far as here, the terminal gets a line and the shell a code, never a stack trace.
            return await TellAsync(host, FailureText.Explain("provara", failure), json: false);
        }
    }

    /// <summary>The command tree.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("provara: signed, tamper-evident vaults in a folder or behind a gateway.");
        root.Options.Add(Json);
        foreach (var command in CommandTable.All())
            root.Subcommands.Add(command);
        ExampleHelp.AddTo(root);
        return root;
    }

    /// <summary>A command and all below it.</summary>
    public static IEnumerable<Command> Tree(Command command) => command.Subcommands.SelectMany(Tree).Prepend(command);

    private static async Task<int> ParseAsync(IReadOnlyList<string> args, CliHost host)
    {
        var root = Create();
        // `@file` is an argument here, not a file of arguments.
        var given = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        foreach (var command in Tree(root).OfType<CliCommand>())
            command.SetAction((parsed, cancellation) => RunAsync(command, parsed, host, cancellation));
        // What a shell asks to complete is no command line yet, so nothing of it is wrong.
        var isQuestion = root.Directives.OfType<SuggestDirective>().Any(directive => given.GetResult(directive) is not null);
        if (given.Errors.Count > 0 && !isQuestion)
            return await ComplainAsync(host, given, Mistakes.Describe(root, given));
        if (!isQuestion && Mistakes.Empty(given) is { Count: > 0 } empty)
            return await ComplainAsync(host, given, empty);
        return await given.InvokeAsync(new InvocationConfiguration { Output = host.Output, Error = host.Error, EnableDefaultExceptionHandler = false });
    }

    private static async Task<int> RunAsync(CliCommand command, ParseResult given, CliHost host, CancellationToken cancellation)
    {
        var json = given.GetValue(Json);
        try
        {
            var outcome = await command.RunAsync(new Run(host, given, new Tracker(host.Error, show: host.ErrorIsTerminal && !json)), cancellation);
            if (json)
                await host.Output.WriteLineAsync(ConsoleJson.Write(outcome.Json));
            else
                outcome.Show(new Screen(host.Output, host.OutputIsTerminal));
            return outcome.ExitCode;
        }
        catch (UsageException problem)
        {
            return await ComplainAsync(host, given, [problem.Message]);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await host.Error.WriteLineAsync("Stopped.");
            return Failed;
        }
        catch (Exception failure)
        {
            return await TellAsync(host, FailureText.Explain(command.Name, failure), json);
        }
    }

    private static async Task<int> TellAsync(CliHost host, CliFailure failure, bool json)
    {
        if (json)
            await host.Output.WriteLineAsync(ConsoleJson.Write(ToJson(failure)));
        else
            await host.Error.WriteLineAsync(ShownText.Line(failure.ToString()));
        return Failed;
    }

    private static JsonObject ToJson(CliFailure failure) => new()
    {
        ["error"] = new JsonObject { ["what"] = failure.What, ["why"] = failure.Why, ["fix"] = failure.Fix, ["see"] = failure.See },
    };

    private static async Task<int> ComplainAsync(CliHost host, ParseResult given, IReadOnlyList<string> problems)
    {
        var command = string.Join(' ', Path(given.CommandResult.Command));
        foreach (var problem in problems)
            await host.Error.WriteLineAsync(ShownText.Line($"{command}: error: {problem}"));
        await host.Error.WriteLineAsync($"See: {command} --help");
        return UsageError;
    }

    private static IEnumerable<string> Path(Command command) =>
        command is RootCommand ? ["provara"] : command.Parents.OfType<Command>().Take(1).SelectMany(Path).Append(command.Name);
}
