using System.Text.Json.Nodes;
using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Commands;

public sealed class InitTests
{
    [Theory]
    [InlineData("init")]
    [InlineData("bootstrap")]
    public async Task A_new_vault_verifies_strictly_and_in_the_reference_s_way(string command)
    {
        using var desk = new Desk();
        var made = (await Provara.RunAsync(command, desk.Vault, "--quorum", "--private-keys", desk.Keys, "--self-test", "--json")).Succeeded().Json;
        made["success"]!.GetValue<bool>().ShouldBeTrue();
        made["verification"]!["valid"]!.GetValue<bool>().ShouldBeTrue();
        (await desk.VerifyAsync()).Succeeded();
        (await desk.VerifyAsync("--mode", "compatible")).Succeeded();
        desk.Event(0)["payload"]!["uid"]!.ToString().ShouldBe(made["uid"]!.ToString());
    }

    [Fact]
    public async Task Private_keys_go_where_they_are_told_and_only_their_owner_reads_them()
    {
        using var desk = new Desk();
        await desk.InitAsync("--quorum");
        File.Exists(desk.At("notes", "identity", "private_keys.json")).ShouldBeFalse();
        JsonNode.Parse(File.ReadAllText(desk.Keys))!["keys"]!.AsArray().Count.ShouldBe(2);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(desk.Keys).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Without_a_place_they_go_where_the_reference_puts_them_and_the_risk_is_said()
    {
        using var desk = new Desk();
        var made = (await Provara.RunAsync("init", desk.Vault)).Succeeded();
        File.Exists(desk.At("notes", "identity", "private_keys.json")).ShouldBeTrue();
        made.Output.ShouldContain("--private-keys");
        (await desk.VerifyAsync()).Succeeded();
        File.ReadAllText(desk.At("notes", "manifest.json")).ShouldNotContain("private_keys");
    }

    // Its draft, with a private key in it, was left beside the file.
    [Theory]
    [InlineData("init")]
    [InlineData("psmc", "init", "--vault")]
    public async Task A_file_in_the_vaults_place_is_refused_and_nothing_is_left_beside_it(params string[] command)
    {
        using var desk = new Desk();
        var home = Directory.CreateDirectory(desk.At("home")).FullName;
        await File.WriteAllTextAsync(Path.Combine(home, "notes"), "mine");
        var refused = (await Provara.RunAsync([.. command, Path.Combine(home, "notes")])).Failed();
        refused.Error.ShouldContain("A file has the name");
        Directory.GetFileSystemEntries(home).ShouldBe([Path.Combine(home, "notes")]);
        (await File.ReadAllTextAsync(Path.Combine(home, "notes"))).ShouldBe("mine");
    }

    [Fact]
    public async Task A_folder_that_holds_something_is_refused_and_stays_as_it_is()
    {
        using var desk = new Desk();
        Directory.CreateDirectory(desk.Vault);
        await File.WriteAllTextAsync(desk.At("notes", "mine.txt"), "mine");
        (await Provara.RunAsync("init", desk.Vault, "--private-keys", desk.Keys)).Failed().Error.ShouldContain("not empty");
        Directory.GetFileSystemEntries(desk.Vault).ShouldHaveSingleItem();
        File.Exists(desk.Keys).ShouldBeFalse();
    }

    [Fact]
    public async Task An_existing_key_file_is_never_overwritten()
    {
        using var desk = new Desk();
        await File.WriteAllTextAsync(desk.Keys, "precious");
        (await Provara.RunAsync("init", desk.Vault, "--private-keys", desk.Keys)).Failed().Error.ShouldContain("would be overwritten");
        File.ReadAllText(desk.Keys).ShouldBe("precious");
        Directory.Exists(desk.Vault).ShouldBeFalse();
    }

    [Fact]
    public async Task A_key_file_inside_the_vault_under_another_name_would_be_published_and_is_refused()
    {
        using var desk = new Desk();
        (await Provara.RunAsync("init", desk.Vault, "--private-keys", desk.At("notes", "policies", "k.json"))).Failed().Error.ShouldContain("outside the vault");
        Directory.Exists(desk.Vault).ShouldBeFalse();
    }
}
