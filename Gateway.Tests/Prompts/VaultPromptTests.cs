using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Gateway.Tests.Support;
using Granary.Gateway.Tests.Tools.Vaults;

namespace Granary.Gateway.Tests.Prompts;

/// <summary>The prompts about a vault: what they ask for, and the data they bring.</summary>
public sealed class VaultPromptTests : FakeVaultTests
{
    [Theory]
    [InlineData("timeline_review", "vault://team%2Fnotes/events", "verify_chain")]
    [InlineData("conflict_resolution", "vault://team%2Fnotes/state", "list_conflicts")]
    [InlineData("audit_report", "vault://team%2Fnotes/status", "verify_vault")]
    public async Task A_prompt_states_the_task_and_brings_what_it_starts_from(string prompt, string uri, string tool)
    {
        Tenants["team/notes"].Results["list_conflicts"] = _ => """{"conflicts":{}}""";
        Tenants["team/notes"].Results["vault_status"] = _ => """{"event_count":1}""";
        foreach (var answer in new[] { await GetAsync(prompt, """{"vault":"team/notes"}"""), await LegacyAsync(prompt) })
        {
            answer.ShouldSucceed();
            var messages = answer.Result["messages"]!.AsArray();
            messages.Count.ShouldBe(2);
            var task = (string)messages[0]!["content"]!["text"]!;
            task.ShouldContain("team/notes");
            task.ShouldContain(tool);
            var resource = messages[1]!["content"]!["resource"]!;
            ((string)resource["uri"]!).ShouldBe(uri);
            JsonNode.Parse(((string)resource["text"]!).TrimEnd('\n')).ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task Every_tool_a_prompt_names_is_there()
    {
        var known = (await Http.PostAsync(McpRequest.Modern("tools/list"))).Result["tools"]!.AsArray().Select(t => (string)t!["name"]!).ToHashSet();
        foreach (var prompt in (string[])["timeline_review", "conflict_resolution", "audit_report"])
        {
            var task = (string)(await GetAsync(prompt, """{"vault":"notes"}""")).Result["messages"]![0]!["content"]!["text"]!;
            var named = System.Text.RegularExpressions.Regex.Matches(task, "[a-z]+_[a-z_]+").Select(m => m.Value).Where(w => w.StartsWith("get_", StringComparison.Ordinal)
                || w.StartsWith("list_", StringComparison.Ordinal) || w.StartsWith("verify_", StringComparison.Ordinal) || w.StartsWith("query_", StringComparison.Ordinal)).ToList();
            named.ShouldNotBeEmpty();
            named.ShouldAllBe(n => known.Contains(n));
        }
    }

    [Fact]
    public async Task A_range_bounds_the_timeline()
    {
        var answer = await GetAsync("timeline_review", """{"vault":"notes","start_time":"2026-01-02T03:04:05Z","end_time":"2026-02-02"}""");
        answer.ShouldSucceed();
        Tenants["notes"].Calls.ShouldHaveSingleItem().ShouldBe("timeline 2026-01-02T03:04:05.0000000+00:00 2026-02-02T00:00:00.0000000+00:00 100");
        ((string)answer.Result["messages"]![0]!["content"]!["text"]!).ShouldContain("from 2026-01-02T03:04:05");
    }

    [Theory]
    [InlineData("timeline_review", "{}", "vault")]
    [InlineData("timeline_review", """{"vault":"../x"}""", "vault contains '..'")]
    [InlineData("timeline_review", """{"vault":"notes","start_time":"soon"}""", "start_time")]
    [InlineData("audit_report", """{"vault":"none"}""", "There is no vault")]
    public async Task A_prompt_that_cannot_be_made_is_refused(string prompt, string arguments, string sentence)
    {
        Tenants["none"].IsMissing = true;
        var answer = await GetAsync(prompt, arguments);
        answer.ShouldFail(200, -32602);
        answer.ErrorText.ShouldContain(sentence);
    }

    [Fact]
    public async Task Names_of_vaults_and_events_are_completed()
    {
        Tenants.Listed.AddRange(["notes", "team/a", "team/b"]);
        Tenants["team/a"].Results["list_events"] = _ => """{"events":[{"event_id":"evt_1"},{"event_id":"evt_2"},{"id":"0a"},null]}""";
        (await CompleteAsync("""{"type":"ref/prompt","name":"audit_report"}""", "vault", "team/")).ShouldBe(["team/a", "team/b"]);
        (await CompleteAsync("""{"type":"ref/resource","uri":"vault://{name}/head"}""", "name", "n")).ShouldBe(["notes"]);
        (await CompleteAsync("""{"type":"ref/resource","uri":"vault://{name}/events/{id}"}""", "id", "evt", "team/a")).ShouldBe(["evt_2", "evt_1"]);
        (await CompleteAsync("""{"type":"ref/resource","uri":"vault://{name}/events/{id}"}""", "id", "evt")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_tenants_vaults_are_listed_by_their_status()
    {
        Tenants.Listed.AddRange(["notes", "team/a"]);
        var listed = (await Http.PostAsync(McpRequest.Modern("resources/list"))).Result["resources"]!.AsArray();
        listed.Select(r => (string)r!["uri"]!).Where(u => u.StartsWith("vault:", StringComparison.Ordinal)).ShouldBe(["vault://notes/status", "vault://team%2Fa/status"]);
    }

    [Fact]
    public async Task A_long_list_comes_in_pages_and_a_long_completion_says_that_there_is_more()
    {
        Tenants.Listed.AddRange(Enumerable.Range(0, 600).Select(i => $"v{i:D3}"));
        var (names, cursor, pages) = (new List<string>(), (string?)null, 0);
        do
        {
            var page = (await Http.PostAsync(McpRequest.Modern("resources/list", cursor is null ? "{}" : $$"""{"cursor":"{{cursor}}"}"""))).Result;
            names.AddRange(page["resources"]!.AsArray().Select(r => (string)r!["name"]!));
            page["resources"]!.AsArray().Count.ShouldBeLessThanOrEqualTo(250);
            cursor = (string?)page["nextCursor"];
            pages++;
        }
        while (cursor is not null);
        names.Where(n => n.StartsWith('v')).ShouldBe(Tenants.Listed);
        pages.ShouldBeGreaterThanOrEqualTo(3);
        var completed = (await Http.PostAsync(McpRequest.Modern(
            "completion/complete", """{"ref":{"type":"ref/prompt","name":"audit_report"},"argument":{"name":"vault","value":"v"}}"""))).Result["completion"]!;
        (completed["values"]!.AsArray().Count, (bool)completed["hasMore"]!, completed["total"]).ShouldBe((100, true, null));
    }

    [Theory]
    [InlineData("r99:")]
    [InlineData("r-1:")]
    [InlineData("r0")]
    [InlineData("p250")]
    public async Task A_cursor_of_resources_that_no_server_made_is_refused(string cursor)
    {
        var text = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(cursor));
        (await Http.PostAsync(McpRequest.Modern("resources/list", $$"""{"cursor":"{{text}}"}"""))).ShouldFail(200, -32602);
    }

    private Task<Answer> GetAsync(string prompt, string arguments) =>
        Http.PostAsync(McpRequest.Modern("prompts/get", $$"""{"name":"{{prompt}}","arguments":{{arguments}}}"""));

    private async Task<Answer> LegacyAsync(string prompt) => await Http.PostAsync(McpRequest.Legacy(
        "prompts/get", $$"""{"arguments":{"vault":"team/notes"},"name":"{{prompt}}"}""", await Http.InitializeAsync()));

    private async Task<List<string>> CompleteAsync(string reference, string argument, string value, string? vault = null)
    {
        var context = vault is null ? "" : $$$""","context":{"arguments":{"name":"{{{vault}}}"} }""";
        var answer = await Http.PostAsync(McpRequest.Modern(
            "completion/complete", $$$"""{"ref":{{{reference}}},"argument":{"name":"{{{argument}}}","value":"{{{value}}}"}{{{context}}}}"""));
        answer.ShouldSucceed();
        return [.. answer.Result["completion"]!["values"]!.AsArray().Select(v => (string)v!)];
    }
}
