using System.Text.Json.Nodes;
using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Commands;

public sealed class ChangingTests
{
    [Fact]
    public async Task A_redacted_event_loses_its_payload_and_the_vault_verifies()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var id = await desk.AppendAsync("secret", "4711");
        var done = await Provara.RunAsync("redact", desk.Vault, "--target", id, "--reason", "PII_EXPOSURE", "--keyfile", desk.Keys, "--json");
        done.Succeeded();
        File.ReadAllText(desk.At("notes", "events", "events.ndjson")).ShouldNotContain("4711");
        (await desk.VerifyAsync()).Succeeded();
        (await desk.VerifyAsync("--mode", "compatible")).Succeeded();
        var listed = (await desk.VerifyAsync("--show-redacted", "--json")).Succeeded().Json["redacted"]!.AsArray().ShouldHaveSingleItem()!;
        listed["event_id"]!.ToString().ShouldBe(id);
        var again = await Provara.RunAsync("redact", desk.Vault, "--target", id, "--reason", "OTHER", "--keyfile", desk.Keys, "--json");
        again.Succeeded().Json["event_id"]!.ToString().ShouldBe(done.Json["event_id"]!.ToString());
        (await Provara.RunAsync("redact", desk.Vault, "--target", "evt_000000000000000000000000", "--reason", "OTHER", "--keyfile", desk.Keys)).Failed();
    }

    [Fact]
    public async Task A_rotated_key_signs_no_more_and_what_it_signed_stays_valid()
    {
        using var desk = new Desk();
        await desk.InitAsync("--quorum");
        await desk.AppendAsync();
        var old = JsonNode.Parse(File.ReadAllText(desk.Keys))!["keys"]![0]!["key_id"]!.ToString();
        var rotated = (await Provara.RunAsync("rotate", desk.Vault, "--keyfile", desk.Keys, "--json")).Succeeded().Json;
        rotated["revoked_key_id"]!.ToString().ShouldBe(old);
        File.ReadAllText(desk.Keys).ShouldNotContain(old);
        await desk.AppendAsync();
        desk.Event(5)["actor_key_id"]!.ToString().ShouldBe(rotated["new_key_id"]!.ToString());
        (await desk.VerifyAsync()).Succeeded();
    }

    [Fact]
    public async Task Without_a_second_key_nothing_can_be_rotated_and_the_key_file_stays()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var before = File.ReadAllText(desk.Keys);
        (await Provara.RunAsync("rotate", desk.Vault, "--keyfile", desk.Keys)).Failed().Error.ShouldContain("quorum");
        File.ReadAllText(desk.Keys).ShouldBe(before);
    }

    [Fact]
    public async Task A_sealed_vault_takes_nothing_and_its_successor_is_verified_with_it()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("rotate-vault", desk.Vault, "--successor", desk.At("next"), "--keyfile", desk.Keys)).Failed().Error.ShouldContain("not sealed");
        (await Provara.RunAsync("seal", desk.Vault, "--keyfile", desk.Keys)).Succeeded();
        (await Provara.RunAsync("append", desk.Vault, "--type", "OBSERVATION", "--data", "{}", "--keyfile", desk.Keys)).Failed().Error.ShouldContain("sealed");
        (await Provara.RunAsync("rotate-vault", desk.Vault, "--successor", desk.At("next"), "--keyfile", desk.Keys, "--private-keys", desk.At("next.json"))).Succeeded();
        var both = (await Provara.RunAsync("verify", desk.At("next"), "--follow-predecessors", "--json")).Succeeded().Json;
        both["predecessors"]!.AsArray().ShouldHaveSingleItem();
        desk.Tamper(log => log.Replace("initialized", "Initialized", StringComparison.Ordinal));
        (await Provara.RunAsync("verify", desk.At("next"), "--follow-predecessors")).Failed();
        Directory.Delete(desk.Vault, recursive: true);
        (await Provara.RunAsync("verify", desk.At("next"), "--follow-predecessors")).Failed().Output.ShouldContain("not beside it");
    }

    [Fact]
    public async Task Encrypted_payloads_are_shredded_by_destroying_their_keys()
    {
        using var desk = new Desk();
        var kek = Convert.ToBase64String(new byte[32]);
        (await Provara.RunAsync("init", desk.Vault, "--encrypted", "--private-keys", desk.Keys)).Failed().Error.ShouldContain("PROVARA_KEK");
        (await Provara.WithEnvironmentAsync("PROVARA_KEK", kek, "init", desk.Vault, "--encrypted", "--private-keys", desk.Keys)).Succeeded();
        var appended = await Provara.WithEnvironmentAsync(
            "PROVARA_KEK", kek, "append", desk.Vault, "--type", "OBSERVATION", "--data", """{"value":"4711"}""", "--keyfile", desk.Keys, "--actor", "anna", "--json");
        appended.Succeeded().Json["encrypted"]!.GetValue<bool>().ShouldBeTrue();
        File.ReadAllText(desk.At("notes", "events", "events.ndjson")).ShouldNotContain("4711");
        (await desk.VerifyAsync()).Succeeded();
        (await Decrypt()).Output.ShouldContain("4711");
        var shredded = await Provara.WithEnvironmentAsync("PROVARA_KEK", kek, "shred", desk.Vault, "--actor", "anna", "--keyfile", desk.Keys, "--json");
        shredded.Succeeded().Json["keys_destroyed"]!.GetValue<int>().ShouldBe(1);
        (await Decrypt()).Output.ShouldNotContain("4711");
        (await desk.VerifyAsync()).Succeeded();

        async Task<Printed> Decrypt() =>
            (await Provara.WithEnvironmentAsync("PROVARA_KEK", kek, "query", desk.Vault, "--actor", "anna", "--decrypt")).Succeeded();
    }

    [Fact]
    public async Task Migration_says_what_it_changes_and_a_dry_run_changes_nothing()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("migrate", desk.Vault, "--dry-run", "--keyfile", desk.Keys)).Succeeded().Json["target_version"]!.ToString().ShouldBe("1.2");
        desk.EventLines().Length.ShouldBe(2);
        var done = (await Provara.RunAsync("migrate", desk.Vault, "--keyfile", desk.Keys)).Succeeded().Json;
        done["migration_event_id"]!.ToString().ShouldBe(desk.Event(2)["event_id"]!.ToString());
        (await desk.VerifyAsync()).Succeeded();
        (await Provara.RunAsync("migrate", desk.Vault, "--target-version", "9.9", "--keyfile", desk.Keys)).Failed();
    }

    [Fact]
    public async Task Market_signals_and_simulations_are_observations_of_their_actors()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("market-alpha", desk.Vault, "--ticker", "BTC", "--signal", "LONG", "--keyfile", desk.Keys)).Succeeded();
        (await Provara.RunAsync("hedge-fund-sim", desk.Vault, "--sim-id", "s1", "--strategy", "trend", "--returns", "12", "--keyfile", desk.Keys)).Succeeded();
        desk.Event(2)["payload"]!["subject"]!.ToString().ShouldBe("market:BTC");
        desk.Event(3)["payload"]!["value"]!["returns_pct"]!.ToJsonString().ShouldBe("12.0");
        (await desk.VerifyAsync()).Succeeded();
    }

    [Fact]
    public async Task A_checkpoint_is_part_of_the_manifest()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("checkpoint", desk.Vault, "--keyfile", desk.Keys)).Succeeded();
        File.Exists(desk.At("notes", "checkpoints", "0000000002.chk")).ShouldBeTrue();
        (await desk.VerifyAsync()).Succeeded();
        (await desk.VerifyAsync("--mode", "compatible")).Succeeded();
    }

    [Fact]
    public async Task Manifest_takes_files_in_that_others_have_put_there()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        Directory.CreateDirectory(desk.At("notes", ".index"));
        await File.WriteAllTextAsync(desk.At("notes", ".index", "events.db"), "an index of somebody else");
        (await desk.VerifyAsync()).Failed();
        var made = (await Provara.RunAsync("manifest", desk.Vault, "--keyfile", desk.Keys)).Succeeded();
        made.Output.ShouldContain("manifest_file_count: 8");
        (await desk.VerifyAsync()).Succeeded();
        await desk.AppendAsync();
        (await desk.VerifyAsync()).Succeeded();
    }
}
