using System.Text.Json.Nodes;
using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Commands;

public sealed class ReadingTests
{
    [Fact]
    public async Task Replay_prints_the_state_of_the_vector()
    {
        using var desk = new Desk();
        var state = (await Provara.RunAsync("replay", desk.CopyFixture("sample-vault-strict"))).Succeeded().Json;
        state["metadata"]!["state_hash"]!.ToString().ShouldBe("13efd27e2c6a1370013871e84190414ac73552e235b8e675e00be4cd5d3f423b");
        var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "sample-vault-strict.state.json")));
        JsonNode.DeepEquals(state["canonical"], expected!["canonical"]).ShouldBeTrue();
    }

    [Fact]
    public async Task Query_holds_all_conditions_together()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        await desk.AppendAsync("door", "open", "--actor", "a", "--raw");
        await desk.AppendAsync("door", "shut", "--actor", "b", "--raw");
        await desk.AppendAsync("mug", "full", "--actor", "a", "--raw");
        var rows = JsonNode.Parse((await Provara.RunAsync("query", desk.Vault, "--actor", "a", "--content-key", "subject", "--content-value", "door")).Succeeded().Output)!.AsArray();
        var row = rows.ShouldHaveSingleItem()!;
        row["payload"]!["value"]!.ToString().ShouldBe("open");
        row["content_hash"]!.ToString().Length.ShouldBe(64);
        var offset = row["line_offset"]!.GetValue<int>();
        File.ReadAllText(desk.At("notes", "events", "events.ndjson"))[offset..].ShouldStartWith("{\"actor\":\"a\"");
        JsonNode.Parse((await Provara.RunAsync("query", desk.Vault, "--type", "OBSERVATION", "--limit", "2")).Output)!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task Query_as_a_table_is_plain_when_piped_and_says_when_nothing_matches()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("query", desk.Vault, "--type", "GENESIS", "--format", "table")).Succeeded().Output.ShouldContain("sovereign_genesis");
        (await Provara.RunAsync("query", desk.Vault, "--type", "NONE", "--format", "table")).Succeeded().Output.ShouldBe("(no rows)\n");
    }

    [Fact]
    public async Task Query_without_a_filter_prints_the_last_20_and_says_that_there_are_more()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var few = (await Provara.RunAsync("query", desk.Vault)).Succeeded();
        JsonNode.Parse(few.Output)!.AsArray().Count.ShouldBe(2);
        few.Error.ShouldBeEmpty();
        for (var i = 0; i < 20; i++)
            await desk.AppendAsync("n", $"{i}");
        var last = (await Provara.RunAsync("query", desk.Vault)).Succeeded();
        var rows = JsonNode.Parse(last.Output)!.AsArray();
        rows.Select(row => row!["event_id"]!.ToString()).ShouldBe(desk.EventLines()[^20..].Select(line => JsonNode.Parse(line)!["event_id"]!.ToString()));
        var offset = rows[0]!["line_offset"]!.GetValue<int>();
        File.ReadAllText(desk.At("notes", "events", "events.ndjson"))[offset..].ShouldStartWith(desk.EventLines()[^20]);
        last.Error.ShouldContain("last 20 of 22");
        var three = (await Provara.RunAsync("query", desk.Vault, "--limit", "3")).Succeeded();
        JsonNode.Parse(three.Output)!.AsArray().Count.ShouldBe(3);
        three.Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task Status_counts_without_verifying()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var id = await desk.AppendAsync();
        var status = (await Provara.RunAsync("status", desk.Vault, "--json")).Succeeded().Json;
        status["format"]!.ToString().ShouldBe("backpack");
        status["event_count"]!.GetValue<long>().ShouldBe(3);
        status["chain_heads"]!["provara_user"]!.ToString().ShouldBe(id);
        status["event_types"]!["OBSERVATION"]!.GetValue<long>().ShouldBe(2);
    }

    [Fact]
    public async Task Reduce_goes_on_from_its_checkpoint()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        (await Provara.RunAsync("reduce", desk.Vault, "--save-checkpoint", desk.At("r.json"))).Succeeded();
        await desk.AppendAsync();
        var whole = (await Provara.RunAsync("reduce", desk.Vault)).Succeeded().Output;
        (await Provara.RunAsync("reduce", desk.Vault, "--from-checkpoint", desk.At("r.json"))).Succeeded().Output.ShouldBe(whole);
        JsonNode.Parse(whole)!["event_count"]!.GetValue<long>().ShouldBe(3);
    }

    [Fact]
    public async Task Resume_counts_tasks_and_recent_events()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var task = """{"subject":"task","predicate":"done","extension":"provara.agent.task_v1","value":{"status":"SUCCESS","tags":["sql"]}}""";
        (await Provara.RunAsync("append", desk.Vault, "--type", "OBSERVATION", "--raw", "--data", task, "--keyfile", desk.Keys)).Succeeded();
        var resume = (await Provara.RunAsync("resume", desk.Vault, "--json")).Succeeded().Json;
        resume["tasks_completed"]!.GetValue<int>().ShouldBe(1);
        resume["skills"]!["sql"]!.GetValue<int>().ShouldBe(1);
        (await Provara.RunAsync("resume", desk.Vault)).Output.ShouldContain("Success rate: 100.0%");
    }

    [Theory]
    [InlineData("READ", "APPROVED", "L0")]
    [InlineData("append_observation", "APPROVED", "L1")]
    [InlineData("REKEY", "APPROVED", "L2")]
    [InlineData("DELETE_VAULT", "REQUIRES_MFA", "L3")]
    [InlineData("SOMETHING_NEW", "APPROVED", "L1")]
    public async Task Check_safety_looks_the_tier_up(string action, string status, string tier)
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var answer = (await Provara.RunAsync("check-safety", desk.Vault, "--action", action, "--json")).Succeeded().Json;
        answer["status"]!.ToString().ShouldBe(status);
        answer["tier"]!.ToString().ShouldBe(tier);
    }

    [Fact]
    public async Task There_are_no_plug_ins() =>
        (await Provara.RunAsync("plugins", "list", "--json")).Succeeded().Json["plugins"]!.AsArray().ShouldBeEmpty();
}
