using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Hosting;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Configuration;

/// <summary>The program as it is called: what it says and how it exits.</summary>
[Collection(ProcessWide.Name)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2213", Justification = "The console's writers are put back, and string writers hold nothing.")]
public sealed class CommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-command-").FullName;
    private readonly TextWriter _outBefore = Console.Out;
    private readonly TextWriter _errorBefore = Console.Error;
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    public CommandTests()
    {
        Console.SetOut(_out);
        Console.SetError(_error);
    }

    public void Dispose()
    {
        Console.SetOut(_outBefore);
        Console.SetError(_errorBefore);
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("nope", "nope")]
    [InlineData("vault,nope", "nope")]
    [InlineData("nope,vault,neither", "nope, neither")]
    public async Task An_unknown_category_is_the_known_message_and_exit_code_2(string tools, string unknown)
    {
        (await RunAsync("--tools", tools)).ShouldBe(2);
        _error.ToString().Trim().ShouldBe(
            $"Error: Unknown category/categories: {unknown}. Available categories: vault, app, infra, events, automation, website, mobile_app, settings, slo, "
            + "releases, maintenance, synthetic, log");
    }

    [Theory]
    [InlineData("Error: --port takes a whole number; it got 'banana'.", "--port", "banana")]
    [InlineData("Error: '--prot' is not known; did you mean '--port'?", "--prot", "1")]
    [InlineData("Error: '--log_level' is not known; did you mean '--log-level'?", "--log_level", "INFO")]
    public async Task A_slip_is_answered_with_what_was_meant(string sentence, params string[] args)
    {
        (await RunAsync([.. args, "--data", _folder])).ShouldBe(2);
        _error.ToString().ShouldContain(sentence);
    }

    [Theory]
    [InlineData("'keyss' is not known; did you mean 'keys'?", "keyss")]
    [InlineData("'imprt' is not known; did you mean 'import'?", "vaults", "imprt")]
    [InlineData("'--scope' is not known; did you mean '--scopes'?", "keys", "add", "--file", "f", "--tenant", "a", "--scope", "x")]
    [InlineData("vaults needs a command: import, export.", "vaults")]
    [InlineData("'strct' is not one of strict, compatible; did you mean 'strict'?", "vaults", "import", "--from", "f", "--tenant", "a", "--vault", "v", "--mode", "strct")]
    [InlineData("'@nothing' is not known", "@nothing")]
    public async Task A_slip_in_a_command_is_one_sentence_with_what_was_meant(string sentence, params string[] args)
    {
        (await RunAsync(args)).ShouldBe(2);
        _error.ToString().ShouldStartWith($"Error: {sentence}");
        _error.ToString().ShouldNotContain("Required command");
        _error.ToString().Split("Error:").Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("--data")]
    [InlineData("--api-keys")]
    [InlineData("--policy")]
    [InlineData("--issuers")]
    [InlineData("--env-file")]
    [InlineData("--file", "keys", "add", "--tenant", "a", "--scopes", "*")]
    [InlineData("--from", "vaults", "import", "--vault", "x")]
    public async Task An_empty_name_of_a_file_is_said_to_be(string flag, params string[] command)
    {
        (await RunAsync([.. command, flag, ""])).ShouldBe(2);
        _error.ToString().ShouldStartWith($"Error: {flag} is empty; give it a value, or leave it out.");
    }

    [Theory]
    [InlineData("--port", "banana")]
    [InlineData("--port", "65536")]
    [InlineData("--transport", "carrier-pigeon")]
    [InlineData("--log-level", "LOUD")]
    [InlineData("--host", "not a host")]
    [InlineData("--verify-ssl", "maybe")]
    [InlineData("--env", "NOPE")]
    [InlineData("--no-such-flag", "x")]
    [InlineData("--api-keys", "/no/such/file.json")]
    [InlineData("--host", "0.0.0.0")]
    [InlineData("--port")]
    public async Task A_bad_value_is_a_sentence_and_exit_code_2(params string[] args)
    {
        (await RunAsync([.. args, "--data", _folder])).ShouldBe(2);
        _error.ToString().ShouldStartWith("Error: ");
        _error.ToString().ShouldNotContain("System.");
        _error.ToString().ShouldNotContain("   at ");
        _out.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task Session_keys_that_are_none_are_a_sentence_that_does_not_show_them()
    {
        (await RunAsync("--data", _folder, "--env", "GRANARY_SESSION_KEYS=c2hvcnQ=")).ShouldBe(2);
        _error.ToString().ShouldContain("32 bytes");
        _error.ToString().ShouldNotContain("c2hvcnQ");
    }

    [Fact]
    public async Task List_tools_names_every_category_and_exits_0()
    {
        (await RunAsync("--list-tools", "--data", _folder)).ShouldBe(0);
        foreach (var category in GatewayOptions.Categories)
            _error.ToString().ShouldContain($"{category}: ");
        _out.ToString().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Help_names_every_flag_and_exits_0(string flag)
    {
        (await RunAsync(flag)).ShouldBe(0);
        foreach (var option in new CommandLine().All)
            (_out.ToString() + _error).ShouldContain(option.Name);
    }

    [Fact]
    public async Task Keys_add_shows_the_key_once_and_keeps_its_hash()
    {
        var file = Path.Combine(_folder, "keys.json");
        (await RunAsync("keys", "add", "--file", file, "--tenant", "acme", "--scopes", "vault:read, instana:read", "--id", "laptop")).ShouldBe(0);
        var key = _out.ToString().Trim();
        key.ShouldStartWith("grk_laptop_");
        var entry = ApiKeyFile.Load(file).Keys.ShouldHaveSingleItem();
        (entry.Id, entry.Tenant).ShouldBe(("laptop", "acme"));
        entry.Scopes.ShouldBe(["vault:read", "instana:read"]);
        (await File.ReadAllTextAsync(file)).ShouldNotContain(key["grk_laptop_".Length..]);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await RunAsync("keys", "add", "--file", file, "--tenant", "acme", "--id", "laptop", "--scopes", "*")).ShouldBe(2);
        (await RunAsync("keys", "add", "--file", file, "--tenant", "globex", "--scopes", "*")).ShouldBe(0);
        ApiKeyFile.Load(file).Keys.Select(k => k.Tenant).ShouldBe(["acme", "globex"]);
    }

    [Theory]
    [InlineData("UPPER", "*", "a")]
    [InlineData("acme", "no:such", "a")]
    [InlineData("acme", ",", "a")]
    [InlineData("acme", "*", "under_score")]
    [InlineData("acme", "*", "way-too-long-to-be-an-id-of-a-key-here")]
    public async Task Keys_add_refuses_what_no_key_can_have(string tenant, string scopes, string id)
    {
        var file = Path.Combine(_folder, "keys.json");
        (await RunAsync("keys", "add", "--file", file, "--tenant", tenant, "--scopes", scopes, "--id", id)).ShouldBe(2);
        _error.ToString().ShouldStartWith("Error: ");
        File.Exists(file).ShouldBeFalse();
    }

    [Fact]
    public async Task Keys_add_to_a_file_that_is_none_changes_nothing()
    {
        var file = Path.Combine(_folder, "keys.json");
        await File.WriteAllTextAsync(file, "precious");
        (await RunAsync("keys", "add", "--file", file, "--tenant", "acme", "--scopes", "*")).ShouldBe(2);
        (await File.ReadAllTextAsync(file)).ShouldBe("precious");
    }

    private static Task<int> RunAsync(params string[] args) => GatewayCommand.RunAsync(args);
}
