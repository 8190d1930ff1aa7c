using System.Buffers;
using System.Text.Json;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Commands;

/// <summary>What vaults, files and command lines hold reaches a terminal as text alone.</summary>
public sealed class ShownTextTests
{
    private const string Evil = "a\u001b[31m\u009b2J\u0007\u202ex\u2066\u200b\u007f\rb\n[OK] c";

    private static readonly SearchValues<char> Acting = SearchValues.Create(['\u001b', '\u009b', '\u0007', '\u202e', '\u2066', '\u200b', '\u007f', '\r']);

    [Fact]
    public async Task An_actors_name_moves_no_cursor_and_makes_no_line_of_its_own()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        // Ours takes no such name; a log that comes from elsewhere may have it all the same.
        await desk.AppendAsync();
        desk.Tamper(log => log.Replace("provara_user", JsonSerializer.Serialize(Evil)[1..^1], StringComparison.Ordinal));
        foreach (var command in (string[][])
            [
                ["status", desk.Vault], ["status", desk.Vault, "--json"], ["query", desk.Vault, "--actor", Evil],
                ["query", desk.Vault, "--actor", Evil, "--format", "table"], ["resume", desk.Vault], ["replay", desk.Vault], ["delta", "export", desk.Vault],
                ["verify", desk.Vault, "--verbose"], ["sync", "check-forks", desk.Vault],
            ])
        {
            var shown = await Provara.RunAsync(command);
            shown.ExitCode.ShouldBeOneOf([0, 1]);
            (shown.Output + shown.Error).AsSpan().IndexOfAny(Acting).ShouldBe(-1, string.Join(' ', command));
            (shown.Output + shown.Error).Split('\n').ShouldNotContain(line => line.StartsWith("[OK] c", StringComparison.Ordinal), string.Join(' ', command));
        }
    }

    [Fact]
    public async Task An_error_repeats_a_command_line_without_its_escapes()
    {
        var refused = await Provara.RunAsync("verify", "/nowhere/" + Evil);
        refused.Failed().Error.AsSpan().IndexOfAny(Acting).ShouldBe(-1);
        (await Provara.RunAsync("ver" + Evil)).Failed(2).Error.AsSpan().IndexOfAny(Acting).ShouldBe(-1);
    }

    [Fact]
    public void A_table_on_a_terminal_shows_escapes_too()
    {
        using var output = new StringWriter();
        new Screen(output, isTerminal: true).Table(["name"], [[Evil]]);
        output.ToString().ShouldContain("\\u001b[31m");
        output.ToString().ShouldNotContain("\u202e");
    }

    [Theory]
    [InlineData("😀")]
    [InlineData("👩‍👩‍👧")]
    [InlineData("𝔘𝔫𝔦")]
    [InlineData("Zoë 東京 a\u00a0b")]
    public async Task Characters_of_every_plane_are_printed_as_themselves(string text)
    {
        using var desk = new Desk();
        await desk.InitAsync();
        await desk.AppendAsync("door", text, "--actor", text);
        foreach (var command in (string[][])
            [
                ["query", desk.Vault, "--actor", text], ["query", desk.Vault, "--actor", text, "--json"], ["replay", desk.Vault], ["replay", desk.Vault, "--json"],
                ["status", desk.Vault], ["status", desk.Vault, "--json"],
            ])
        {
            (await Provara.RunAsync(command)).Succeeded().Output.ShouldContain(text, Case.Sensitive, string.Join(' ', command));
        }
        (await Provara.RunAsync("psmc", "init", "--vault", desk.At("memory"))).Succeeded();
        (await Provara.RunAsync("psmc", "append", "--vault", desk.At("memory"), "--type", "note", "--data", $$"""{"t":"{{text}}"}""")).Succeeded();
        foreach (var command in (string[])["show", "state", "query"])
            (await Provara.RunAsync("psmc", command, "--vault", desk.At("memory"))).Succeeded().Output.ShouldContain(text);
    }

    [Fact]
    public void Escapes_in_json_stay_where_a_terminal_would_act_on_them()
    {
        var shown = ConsoleJson.Write(new System.Text.Json.Nodes.JsonObject { ["a"] = "\u001b\u0085\u202e\\u0041\"\\😀\ud800" });
        shown.ShouldBe("{\n  \"a\": \"\\u001B\\u0085\\u202e\\\\u0041\\\"\\\\😀\ufffd\"\n}", StringCompareShould.IgnoreCase);
    }

    [Fact]
    public void A_files_name_keeps_its_first_letter()
    {
        new CliFailure("It failed", "keys.json has no list", "mend it").Why.ShouldBe("keys.json has no list");
        new CliFailure("It failed", "identity/keys.json has no list", "mend it").Why.ShouldBe("identity/keys.json has no list");
        new CliFailure("It failed", "the file is gone", "mend it").Why.ShouldBe("The file is gone");
    }

    [Fact]
    public async Task A_missing_file_is_named_as_it_was_given()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("append", desk.Vault, "--type", "OBSERVATION", "--data", "@lower", "--keyfile", desk.Keys)).Failed().Error.ShouldContain("file lower");
        (await Provara.RunAsync("append", desk.Vault, "--type", "OBSERVATION", "--data", "{}", "--keyfile", "lower")).Failed().Error.ShouldContain("file lower");
    }
}
