using System.CommandLine;
using Granary.Cli.Help;
using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Commands;

public sealed class HelpTests
{
    public static TheoryData<string> Commands => [.. All().Select(command => command.Path)];

    [Fact]
    public void Every_command_is_in_the_documentation()
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "provara.md"));
        foreach (var (path, command) in All().Where(entry => entry.Command.Subcommands.Count == 0))
            text.ShouldContain($"| `{path}`", Case.Sensitive, $"docs/provara.md lacks a line for {path}: {command.Description}");
    }

    [Fact]
    public void Every_command_option_and_argument_says_what_it_is_for()
    {
        foreach (var (path, command) in All())
        {
            command.Description.ShouldNotBeNullOrWhiteSpace(path);
            foreach (var option in command.Options)
                option.Description.ShouldNotBeNullOrWhiteSpace($"{path} {option.Name}");
            foreach (var argument in command.Arguments)
                argument.Description.ShouldNotBeNullOrWhiteSpace($"{path} {argument.Name}");
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_of_every_command_prints_and_succeeds(string path)
    {
        var help = await Provara.RunAsync([.. path.Split(' '), "--help"]);
        help.Succeeded().Output.ShouldContain("--json");
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("verify", "a", "b", "c")]
    [InlineData("append", "x", "--type", "OBSERVATION")]
    [InlineData("redact", "x", "--target", "evt_1", "--reason", "BECAUSE")]
    [InlineData("query", "x", "--format", "xml")]
    [InlineData("shred", "x")]
    [InlineData("verify")]
    [InlineData("verify", "x", "--gateway", "not a url")]
    [InlineData("verify", "x", "--vault", "y")]
    [InlineData("backup", "x", "--keep", "0")]
    public async Task A_command_line_that_makes_no_sense_is_exit_code_2_and_names_the_help(params string[] args)
    {
        var refused = await Provara.RunAsync(args);
        refused.Failed(2).Error.ShouldContain("--help");
        refused.Output.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_of_every_command_ends_with_examples_that_are_command_lines_of_it(string path)
    {
        var help = (await Provara.RunAsync([.. path.Split(' '), "--help"])).Succeeded().Output;
        help.ShouldContain("Example");
        Examples.Of(path).ShouldNotBeEmpty(path);
        foreach (var example in Examples.Of(path).Where(example => example.StartsWith("provara ", StringComparison.Ordinal)))
        {
            help.ShouldContain(example);
            var words = Words(example["provara ".Length..]).TakeWhile(word => word is not (">" or "|")).ToList();
            string.Join(' ', words).ShouldStartWith(path);
            var parsed = ProvaraCommand.Create().Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (!words.Contains("--help"))
                parsed.Errors.Select(error => error.Message).ShouldBeEmpty(example);
        }
    }

    [Fact]
    public async Task Help_of_the_program_names_examples_and_completion()
    {
        var help = (await Provara.RunAsync("--help")).Succeeded().Output;
        help.ShouldContain("provara init notes --private-keys notes.keys.json");
        help.ShouldContain("provara completion bash");
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "provara.md")).ShouldContain("provara completion bash");
    }

    // As a shell splits them: blanks, and single and double quotes.
    private static List<string> Words(string line)
    {
        var words = new List<string>();
        var (word, quote, inWord) = (new System.Text.StringBuilder(), '\0', false);
        foreach (var c in line)
        {
            if (quote != '\0' ? c == quote : c is '\'' or '"')
                (quote, inWord) = (quote == '\0' ? c : '\0', true);
            else if (quote == '\0' && c == ' ')
            {
                if (inWord)
                    words.Add(word.ToString());
                word.Clear();
                inWord = false;
            }
            else
            {
                word.Append(c);
                inWord = true;
            }
        }
        if (inWord)
            words.Add(word.ToString());
        return words;
    }

    private static IEnumerable<(string Path, Command Command)> All() => Below(ProvaraCommand.Create(), "");

    private static IEnumerable<(string Path, Command Command)> Below(Command command, string prefix) => command.Subcommands.SelectMany(below =>
        Below(below, $"{prefix}{below.Name} ").Prepend(($"{prefix}{below.Name}", below)));
}
