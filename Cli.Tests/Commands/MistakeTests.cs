using Granary.Cli.Hosting;
using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Commands;

/// <summary>A command line that is nearly right is answered with what was probably meant.</summary>
public sealed class MistakeTests
{
    [Theory]
    [InlineData("did you mean provara verify?", "verfy", "x")]
    [InlineData("did you mean provara verify?", "verif", "x")]
    [InlineData("did you mean provara init?", "inti", "x", "--quorum")]
    [InlineData("did you mean provara append?", "Append", "x")]
    [InlineData("did you mean provara proof inclusion?", "inclusion", "x")]
    [InlineData("did you mean provara sync merge?", "merge", "a", "b")]
    [InlineData("did you mean provara proof consistency?", "proof", "consistancy", "x")]
    [InlineData("did you mean --keyfile?", "append", "x", "--type", "T", "--data", "{}", "--kyfile", "k")]
    [InlineData("did you mean --data?", "append", "x", "--type", "T", "--dta={}")]
    [InlineData("did you mean --json?", "verify", "x", "--jsno")]
    [InlineData("did you mean --vault?", "psmc", "show", "--valt", "x")]
    [InlineData("There is no command 'frobnicate'", "frobnicate")]
    [InlineData("one argument too many", "verify", "a", "b")]
    [InlineData("A command is missing: inclusion, consistency, verify", "proof")]
    [InlineData("A command is missing: init", "--json")]
    public async Task The_nearest_name_is_offered(string expected, params string[] args)
    {
        var refused = (await Provara.RunAsync(args)).Failed(2);
        refused.Error.ShouldContain(expected);
        refused.Error.ShouldNotContain("Required command");
        refused.Error.ShouldNotContain("Unrecognized");
    }

    [Theory]
    [InlineData("--limit takes a whole number; it is 'many'", "query", "x", "--limit", "many")]
    [InlineData("--limit takes a whole number; it is '1.5'", "query", "x", "--limit", "1.5")]
    [InlineData("--limit takes a whole number; it is '99999999999'", "query", "x", "--limit", "99999999999")]
    [InlineData("--limit must be at least 1", "query", "x", "--limit", "0")]
    [InlineData("--last must be at least 1", "psmc", "show", "--last", "-1")]
    [InlineData("--weeks takes a whole number", "psmc", "digest", "--weeks", "few")]
    [InlineData("--keep takes a whole number; it is 'all'", "backup", "x", "--keep", "all")]
    [InlineData("--position takes a whole number", "proof", "inclusion", "x", "--position", "first")]
    [InlineData("--first takes a whole number", "proof", "consistency", "x", "--first", "a")]
    [InlineData("--max-age takes a number", "fence", "check", "x", "t", "--max-age", "old")]
    [InlineData("--confidence takes a number; it is 'NaN'", "append", "x", "--type", "T", "--data", "{}", "--confidence", "NaN")]
    [InlineData("--returns takes a number", "hedge-fund-sim", "x", "--sim-id", "s", "--strategy", "t", "--returns", "high")]
    public async Task A_number_that_is_none_is_told_in_words(string expected, params string[] args)
    {
        var refused = (await Provara.RunAsync(args)).Failed(2);
        refused.Error.ShouldContain(expected);
        refused.Error.ShouldNotContain("System.");
    }

    [Theory]
    [InlineData("'strct' is not one of strict, compatible; did you mean strict?", "verify", "x", "--mode", "strct")]
    [InlineData("'bsh' is not one of bash, zsh, fish, pwsh; did you mean bash?", "completion", "bsh")]
    [InlineData("'everything' is not one of strict, compatible.", "verify", "x", "--mode", "everything")]
    public async Task A_word_of_a_list_is_told_with_the_list_in_one_line(string expected, params string[] args)
    {
        var refused = (await Provara.RunAsync(args)).Failed(2);
        refused.Error.ShouldContain(expected);
        refused.Error.ShouldNotContain("\\u000a");
    }

    [Theory]
    [InlineData("PATH", "verify", "")]
    [InlineData("PATH", "init", "")]
    [InlineData("--path", "replay", "--path", "")]
    [InlineData("--to", "backup", "notes", "--to", "")]
    [InlineData("--private-keys", "init", "notes", "--private-keys", "")]
    [InlineData("--output", "forensic-export", "notes", "--output", "")]
    [InlineData("--vault", "psmc", "query", "--vault", "")]
    [InlineData("--gateway", "verify", "notes", "--gateway", "")]
    public async Task A_name_that_is_empty_is_said_to_be(string name, params string[] arguments)
    {
        using var desk = new Desk();
        var printed = (await Provara.RunAsync([.. arguments.Select(argument => argument == "notes" ? desk.Vault : argument)])).Failed(2);
        printed.Error.ShouldContain($"{name} is empty");
        printed.Error.ShouldNotContain("nobody foresaw");
        Directory.Exists(desk.Vault).ShouldBeFalse();
    }

    [Fact]
    public void Whatever_is_thrown_becomes_one_line_with_what_to_do()
    {
        var told = FailureText.Explain("append", new InvalidOperationException("first\n   at Some.Method()\nsecond")).ToString();
        told.ShouldStartWith("ERROR: append failed");
        told.ShouldContain("InvalidOperationException: first");
        told.ShouldNotContain("Some.Method");
    }

    [Fact]
    public async Task A_failure_outside_every_command_is_a_line_and_a_code_too()
    {
        var run = await Provara.RunAsync(host => host with { Output = new Broken() }, ["--help"]);
        run.Failed().Error.ShouldStartWith("ERROR: ");
    }

    private sealed class Broken : StringWriter
    {
        public override void Write(char value) => throw new InvalidOperationException("It is broken.");

        public override void Write(string? value) => throw new InvalidOperationException("It is broken.");

        public override void WriteLine(string? value) => throw new InvalidOperationException("It is broken.");
    }
}
