using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Commands;

public sealed class PsmcTests
{
    [Fact]
    public async Task A_vault_is_made_filled_shown_and_verified()
    {
        using var desk = new Desk();
        (await Psmc(desk, "init")).Succeeded();
        (await Psmc(desk, "append", "--type", "note", "--data", """{"title":"one"}""", "--tags", "a", "b", "--json")).Succeeded().Json["seq"]!.GetValue<int>().ShouldBe(0);
        (await Psmc(desk, "seed")).Succeeded();
        (await Psmc(desk, "show", "--last", "2")).Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        (await Psmc(desk, "show", "--type", "belief", "--json")).Succeeded().Json["events"]!.AsArray().ShouldHaveSingleItem();
        (await Psmc(desk, "query", "--tags", "a", "b", "--json")).Succeeded().Json["events"]!.AsArray().ShouldHaveSingleItem()!["seq"]!.GetValue<int>().ShouldBe(0);
        (await Psmc(desk, "query", "--tags", "a", "c", "--limit", "1")).Succeeded().Output.ShouldBeEmpty();
        (await Psmc(desk, "query", "--type", "belief", "--since", "2020-01-01", "--until", "2999-01-01T00:00:00Z", "--limit", "1")).Succeeded().Output.ShouldContain("belief");
        (await Psmc(desk, "query", "--until", "2020-01-01", "--json")).Succeeded().Json["events"]!.AsArray().ShouldBeEmpty();
        (await Psmc(desk, "query", "--since", "soon")).Failed(2).Error.ShouldContain("ISO 8601");
        (await Psmc(desk, "query", "--limit", "0")).Failed(2);
        (await Psmc(desk, "verify", "--json")).Succeeded().Json["event_count"]!.GetValue<int>().ShouldBe(7);
        (await Provara.RunAsync("verify", desk.Vault)).Succeeded();
        (await Psmc(desk, "init")).Failed().Error.ShouldContain("overwrite");
    }

    [Fact]
    public async Task A_provara_event_comes_with_its_state()
    {
        using var desk = new Desk();
        (await Psmc(desk, "init")).Succeeded();
        var appended = (await Psmc(desk, "append", "--type", "belief", "--data", """{"subject":"sky","value":"blue"}""", "--provara", "--json")).Succeeded().Json;
        appended["provara_event_id"]!.ToString().ShouldStartWith("evt_");
        appended["state_hash"]!.ToString().Length.ShouldBe(64);
        File.Exists(desk.At("notes", "state", "current_state.json")).ShouldBeTrue();
    }

    [Fact]
    public async Task State_is_that_of_the_vector()
    {
        using var desk = new Desk();
        var sample = desk.CopyFixture("sample-psmc-vault");
        var state = (await Provara.RunAsync("psmc", "--vault", sample, "state")).Succeeded().Json;
        var expected = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "sample-psmc-vault.state.json")))!;
        state["metadata"]!["state_hash"]!.ToString().ShouldBe(expected["metadata"]!["state_hash"]!.ToString());
        (await Provara.RunAsync("replay", sample)).Succeeded().Json["metadata"]!["state_hash"]!.ToString().ShouldBe(expected["metadata"]!["state_hash"]!.ToString());
    }

    [Fact]
    public async Task A_changed_event_fails_and_is_named()
    {
        using var desk = new Desk();
        (await Psmc(desk, "init")).Succeeded();
        (await Psmc(desk, "seed")).Succeeded();
        desk.Tamper(log => log.Replace("\"confidence\":0.9", "\"confidence\":0.1", StringComparison.Ordinal));
        (await Psmc(desk, "verify", "--json")).Failed().Json["findings"]!.AsArray()
            .ShouldContain(finding => finding!["position"] != null && finding["position"]!.GetValue<long>() == 1 && finding["rule"]!.ToString() == "event.hash");
    }

    [Fact]
    public async Task Commands_of_one_format_say_so_on_a_vault_of_the_other()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Psmc(desk, "append", "--type", "note", "--data", "{}")).Failed().Error.ShouldContain("Backpack");
        (await Provara.RunAsync("psmc", "--vault", desk.At("p"), "init")).Succeeded();
        (await Provara.RunAsync("append", desk.At("p"), "--type", "OBSERVATION", "--data", "{}")).Failed().Error.ShouldContain("PSMC");
    }

    [Fact]
    public async Task A_checkpoint_is_saved_and_the_vault_still_verifies()
    {
        using var desk = new Desk();
        (await Psmc(desk, "init")).Succeeded();
        (await Psmc(desk, "seed")).Succeeded();
        (await Psmc(desk, "checkpoint")).Succeeded().Output.ShouldContain("events=6");
        File.Exists(desk.At("notes", "checkpoints", "0000000006.chk")).ShouldBeTrue();
        (await Psmc(desk, "verify")).Succeeded();
    }

    [Fact]
    public async Task Digest_and_export_are_written_and_weeks_are_checked()
    {
        using var desk = new Desk();
        (await Psmc(desk, "init")).Succeeded();
        (await Psmc(desk, "seed")).Succeeded();
        (await Psmc(desk, "digest", "--weeks", "2")).Succeeded().Output.ShouldContain("# Memory Digest");
        Directory.GetFiles(desk.At("notes", "digests")).ShouldHaveSingleItem();
        (await Psmc(desk, "export")).Succeeded();
        File.ReadAllText(desk.At("notes", "export.md")).ShouldContain("# Sovereign Memory Export");
        (await Psmc(desk, "digest", "--weeks", "0")).Failed().Error.ShouldContain("weeks");
        (await Psmc(desk, "verify")).Succeeded();
    }

    [Fact]
    public async Task A_rotated_key_is_endorsed_and_the_vault_goes_on()
    {
        using var desk = new Desk();
        (await Psmc(desk, "init")).Succeeded();
        (await Psmc(desk, "seed")).Succeeded();
        var rotated = (await Psmc(desk, "rotate-key", "--json")).Succeeded().Json;
        rotated["new_key_fingerprint"]!.ToString().ShouldNotBe(rotated["old_key_fingerprint"]!.ToString());
        Directory.GetFiles(desk.At("notes", "keys", "retired")).ShouldHaveSingleItem().ShouldEndWith("_public.pub.pem");
        (await Psmc(desk, "append", "--type", "note", "--data", "{}")).Succeeded();
        (await Psmc(desk, "verify")).Succeeded();
    }

    [Fact]
    public async Task Another_vault_s_events_come_in_when_somebody_vouches_for_its_key()
    {
        using var desk = new Desk();
        (await Psmc(desk, "init")).Succeeded();
        var other = desk.At("other");
        var key = (await Provara.RunAsync("psmc", "--vault", other, "init", "--json")).Succeeded().Json["key_fingerprint"]!.ToString();
        (await Provara.RunAsync("psmc", "--vault", other, "seed")).Succeeded();
        (await Psmc(desk, "sync", other)).Failed().Output.ShouldContain("vouches");
        desk.EventLines().ShouldBeEmpty();
        (await Psmc(desk, "sync", other, "--trust", key, "--json")).Succeeded().Json["merged"]!.GetValue<int>().ShouldBe(6);
        (await Psmc(desk, "sync", other, "--trust", key, "--json")).Succeeded().Json["merged"]!.GetValue<int>().ShouldBe(0);
        (await Psmc(desk, "verify")).Succeeded();
    }

    private static Task<Printed> Psmc(Desk desk, string command, params string[] more) => Provara.RunAsync(["psmc", "--vault", desk.Vault, command, .. more]);
}
