using System.Text.Json.Nodes;
using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Commands;

public sealed class SyncTests
{
    [Fact]
    public async Task Two_copies_come_together_and_both_verify()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        Copy(desk, "notes", "copy");
        await desk.AppendAsync("door", "open", "--actor", "home");
        (await Provara.RunAsync("append", desk.At("copy"), "--type", "OBSERVATION", "--data", "{}", "--actor", "away", "--keyfile", desk.Keys)).Succeeded();
        var dry = (await Provara.RunAsync("sync", "merge", desk.Vault, desk.At("copy"), "--dry-run")).Succeeded().Json;
        dry["merged_event_count"]!.GetValue<int>().ShouldBe(4);
        dry["new_count"]!.GetValue<int>().ShouldBe(1);
        desk.EventLines().Length.ShouldBe(3);
        var merged = (await Provara.RunAsync("sync", "merge", desk.Vault, desk.At("copy"), "--keyfile", desk.Keys, "--json")).Succeeded().Json;
        merged["events_merged"]!.GetValue<int>().ShouldBe(1);
        merged["new_state_hash"]!.ToString().ShouldBe((await Provara.RunAsync("replay", desk.Vault)).Json["metadata"]!["state_hash"]!.ToString());
        File.Exists(desk.At("notes", "state", "current_state.json")).ShouldBeTrue();
        (await desk.VerifyAsync()).Succeeded();
        (await Provara.RunAsync("sync", "merge", desk.Vault, desk.At("copy"), "--keyfile", desk.Keys, "--json")).Succeeded().Json["events_merged"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task A_tampered_copy_changes_nothing()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        Copy(desk, "notes", "copy");
        (await Provara.RunAsync("append", desk.At("copy"), "--type", "OBSERVATION", "--data", """{"value":"true"}""", "--keyfile", desk.Keys)).Succeeded();
        var log = desk.At("copy", "events", "events.ndjson");
        await File.WriteAllTextAsync(log, File.ReadAllText(log).Replace("\"true\"", "\"lies\"", StringComparison.Ordinal));
        var refused = (await Provara.RunAsync("sync", "merge", desk.Vault, desk.At("copy"), "--keyfile", desk.Keys, "--json")).Failed().Json;
        refused["success"]!.GetValue<bool>().ShouldBeFalse();
        refused["errors"]!.AsArray().ShouldNotBeEmpty();
        desk.EventLines().Length.ShouldBe(2);
        (await desk.VerifyAsync()).Succeeded();
    }

    [Theory]
    [InlineData("delta", "export", "import")]
    [InlineData("sync", "delta-export", "delta-import")]
    public async Task A_bundle_carries_what_is_missing(string group, string export, string import)
    {
        using var desk = new Desk();
        await desk.InitAsync();
        Copy(desk, "notes", "copy");
        var since = desk.Event(1)["event_id"]!.ToString();
        await desk.AppendAsync();
        (await Provara.RunAsync(group, export, desk.Vault, "--since", since, "-o", desk.At("d.ndjson"), "--json")).Succeeded().Json["event_count"]!.GetValue<int>().ShouldBe(1);
        (await Provara.RunAsync(group, export, desk.Vault, "--since", since)).Succeeded().Output.ShouldContain("provara_delta_v1");
        (await Provara.RunAsync(group, import, desk.At("copy"), desk.At("d.ndjson"), "--keyfile", desk.Keys, "--json")).Succeeded().Json["imported_count"]!.GetValue<int>().ShouldBe(1);
        (await Provara.RunAsync("verify", desk.At("copy"))).Succeeded();
        await File.WriteAllTextAsync(desk.At("d.ndjson"), "nonsense\n");
        (await Provara.RunAsync(group, import, desk.At("copy"), desk.At("d.ndjson"), "--keyfile", desk.Keys)).Failed().Error.ShouldContain("ERROR: ");
    }

    [Fact]
    public async Task A_stranger_s_bundle_counts_for_nothing()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("init", desk.At("other"), "--private-keys", desk.At("others.json"))).Succeeded();
        (await Provara.RunAsync("delta", "export", desk.At("other"), "-o", desk.At("d.ndjson"))).Succeeded();
        (await Provara.RunAsync("delta", "import", desk.Vault, desk.At("d.ndjson"), "--keyfile", desk.Keys)).Failed().Output.ShouldContain("FAIL");
        desk.EventLines().Length.ShouldBe(2);
    }

    [Fact]
    public async Task Forks_are_listed_and_are_exit_code_1()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        Copy(desk, "notes", "copy");
        (await Provara.RunAsync("sync", "check-forks", desk.Vault)).Succeeded();
        await desk.AppendAsync("a", "1", "--actor", "same");
        (await Provara.RunAsync("append", desk.At("copy"), "--type", "OBSERVATION", "--data", "{}", "--actor", "same", "--keyfile", desk.Keys)).Succeeded();
        // Ours brings none in; a log that another program has merged may have one.
        (await Provara.RunAsync("sync", "merge", desk.Vault, desk.At("copy"), "--keyfile", desk.Keys)).Failed().Output.ShouldContain("would fork");
        var other = File.ReadAllLines(desk.At("copy", "events", "events.ndjson"))[^1];
        desk.Tamper(log => log + other + "\n");
        (await Provara.RunAsync("sync", "check-forks", desk.Vault)).Failed().Output.ShouldContain("same");
    }

    [Fact]
    public async Task A_fencing_token_holds_until_the_log_goes_on()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("fence", "issue", desk.Vault, "--keyfile", desk.Keys, "--out", desk.At("t.json"))).Succeeded();
        (await Provara.RunAsync("fence", "check", desk.Vault, desk.At("t.json"))).Succeeded();
        await desk.AppendAsync();
        (await Provara.RunAsync("fence", "check", desk.Vault, desk.At("t.json"))).Failed().Output.ShouldContain("gone on");
        (await Provara.RunAsync("fence", "check", desk.Vault, desk.At("t.json"), "--any-event")).Succeeded();
    }

    [Fact]
    public async Task Rotations_are_listed_with_what_is_wrong_with_them()
    {
        using var desk = new Desk();
        await desk.InitAsync("--quorum");
        (await Provara.RunAsync("rekey", "verify", desk.Vault)).Succeeded().Output.ShouldContain("No key");
        (await Provara.RunAsync("rotate", desk.Vault, "--keyfile", desk.Keys)).Succeeded();
        var listed = JsonNode.Parse((await Provara.RunAsync("rekey", "verify", desk.Vault, "--json")).Succeeded().Output)!.AsArray();
        listed.Select(one => one!["type"]!.ToString()).ShouldBe(["KEY_REVOCATION", "KEY_PROMOTION"]);
        desk.Tamper(log => log.Replace("key_compromise", "key_conpromise", StringComparison.Ordinal));
        (await Provara.RunAsync("rekey", "verify", desk.Vault)).Failed().Output.ShouldContain("[ISSUE] KEY_REVOCATION");
    }

    private static void Copy(Desk desk, string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(desk.At(from), "*", SearchOption.AllDirectories))
        {
            var copy = desk.At(to, Path.GetRelativePath(desk.At(from), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
