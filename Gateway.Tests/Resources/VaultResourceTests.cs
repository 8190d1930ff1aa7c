using System.Text.Json.Nodes;
using Granary.Gateway.Resources.Vaults;
using Granary.Gateway.Tests.Support;
using Granary.Tenants;

namespace Granary.Gateway.Tests.Resources;

/// <summary>What can be read of a vault, and under which names.</summary>
public sealed class VaultResourceTests : IAsyncLifetime
{
    private TestGateway _gateway = null!;

    private McpHttp Http => _gateway.Http;

    public async Task InitializeAsync() => _gateway = await TestGateway.StartAsync(o => o);

    public Task DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task The_head_is_where_the_log_stands()
    {
        await CreateAsync("notes");
        JsonNode.Parse(await TextAsync("vault://notes/head"))!.ToJsonString().ShouldBe($$"""{"count":0,"hash":"{{new string('0', 64)}}"}""");
        var receipt = await AppendAsync("notes", 1);
        var head = JsonNode.Parse(await TextAsync("vault://notes/head"))!;
        ((int)head["count"]!).ShouldBe(1);
        ((string)head["hash"]!).ShouldBe((string)receipt["hash"]!);
    }

    [Fact]
    public async Task The_events_are_the_last_hundred_as_they_are_stored()
    {
        await CreateAsync("notes");
        (await TextAsync("vault://notes/events")).ShouldBeEmpty();
        for (var i = 0; i < 103; i++)
            await AppendAsync("notes", i);
        var lines = (await TextAsync("vault://notes/events")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Select(l => (int)JsonNode.Parse(l)!["data"]!["n"]!).ShouldBe(Enumerable.Range(3, 100));
        var stored = await Http.CallAsync("query_timeline", """{"vault_path":"notes","limit":1}""");
        JsonNode.Parse(lines[^1])!.ToJsonString().ShouldBe(stored.Result["structuredContent"]!["events"]![0]!.ToJsonString());
    }

    [Fact]
    public async Task The_events_are_bounded_in_bytes_and_the_newest_is_always_there()
    {
        await CreateAsync("large");
        foreach (var size in (int[])[700_000, 400_000, 500_000])
            await AppendAsync("large", size, new string('x', size));
        (await TextAsync("vault://large/events")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        await AppendAsync("large", 0, new string('x', 1_040_000));
        (await TextAsync("vault://large/events")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1);
    }

    [Fact]
    public async Task One_event_and_the_status_are_read_as_they_are_stored()
    {
        await CreateAsync("notes");
        var id = (string)(await AppendAsync("notes", 7))["event_id"]!;
        var stored = JsonNode.Parse(await TextAsync($"vault://notes/events/{id}"))!;
        ((string)stored["id"]!, (int)stored["data"]!["n"]!).ShouldBe((id, 7));
        ((int)JsonNode.Parse(await TextAsync("vault://notes/status"))!["event_count"]!).ShouldBe(1);
    }

    [Theory]
    [InlineData("vault://notes/events/no-such")]
    [InlineData("vault://notes/events/")]
    [InlineData("vault://notes/events/%2E")]
    [InlineData("vault://notes/events/a/b")]
    [InlineData("vault://unknown/status")]
    [InlineData("vault://unknown/head")]
    [InlineData("vault://unknown/events")]
    [InlineData("vault://notes/no-such")]
    [InlineData("vault://notes/head/")]
    [InlineData("vault://notes")]
    [InlineData("vault:///head")]
    [InlineData("vault://team/notes/head")]
    [InlineData("vault://%2E%2E%2Fnotes/head")]
    [InlineData("vault://no%tes/head")]
    [InlineData("vault://n%C3/head")]
    [InlineData("vault://n\u00e4/head")]
    public async Task What_names_nothing_is_not_found(string uri)
    {
        await CreateAsync("notes");
        await CreateAsync("team/notes");
        var modern = await Http.PostAsync(McpRequest.Modern("resources/read", new JsonObject { ["uri"] = uri }.ToJsonString())
            .Header("Mcp-Name", $"=?base64?{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(uri))}?="));
        modern.ShouldFail(200, -32602);
        ((string)modern.Message["error"]!["data"]!["uri"]!).ShouldBe(uri);
        var session = await Http.InitializeAsync();
        (await Http.PostAsync(McpRequest.Legacy("resources/read", new JsonObject { ["uri"] = uri }.ToJsonString(), session))).ShouldFail(200, -32002);
    }

    [Theory]
    [InlineData("vault://team%2Fnotes/head", "team/notes")]
    [InlineData("vault://team%2fnotes/head", "team/notes")]
    [InlineData("VAULT://%74eam%2Fnotes/head", "team/notes")]
    [InlineData("vault://%2Fteam%2F.%2Fnotes/head", "team/notes")]
    [InlineData("vault://n%C3%A4%20x/head", "n\u00e4 x")]
    public async Task Equivalent_spellings_name_one_resource(string uri, string vault)
    {
        await CreateAsync(vault);
        (await TextAsync(uri)).ShouldContain("\"count\":0");
        VaultUri.TryParse(uri, out var name, out _).ShouldBeTrue();
        VaultUri.Make(name, "head").ShouldBe($"vault://{Uri.EscapeDataString(vault)}/head");
    }

    [Fact]
    public async Task Names_distinguish_case()
    {
        await CreateAsync("Notes");
        (await Http.PostAsync(McpRequest.Modern("resources/read", """{"uri":"vault://notes/head"}"""))).ShouldFail(200, -32602);
        (await TextAsync("vault://Notes/head")).ShouldContain("\"count\":0");
    }

    [Fact]
    public async Task Templates_are_listed_and_each_vault_by_its_status()
    {
        await CreateAsync("notes");
        var templates = (await Http.PostAsync(McpRequest.Modern("resources/templates/list"))).Result["resourceTemplates"]!.AsArray();
        templates.Select(t => (string)t!["uriTemplate"]!).ShouldBe(
        [
            "instana://application/{id}", "instana://catalog/{kind}", "instana://event/{id}", "instana://service/{id}", "instana://topology{?application_id}",
            "number://{n}", "vault://{name}/events", "vault://{name}/events/{id}", "vault://{name}/head", "vault://{name}/manifest", "vault://{name}/state",
            "vault://{name}/status",
        ]);
        await CreateAsync("team/ä");
        var listed = (await Http.PostAsync(McpRequest.Modern("resources/list"))).Result["resources"]!.AsArray().Select(r => (string)r!["uri"]!);
        listed.Where(u => u.StartsWith("vault:", StringComparison.Ordinal)).ShouldBe(["vault://notes/status", "vault://team%2F%C3%A4/status"]);
    }

    [Fact]
    public async Task They_go_with_the_category_of_the_vault_tools()
    {
        var own = await TestGateway.StartAsync(o => o with { Tools = ["events"] });
        (await own.Http.PostAsync(McpRequest.Modern("resources/templates/list"))).Text.ShouldNotContain("vault://");
        (await own.Http.PostAsync(McpRequest.Modern("resources/read", """{"uri":"vault://notes/head"}"""))).ShouldFail(200, -32602);
        await own.DisposeAsync();
    }

    [Fact]
    public async Task Reading_and_subscribing_take_the_scope()
    {
        var folder = Directory.CreateTempSubdirectory("granary-scopes-");
        var file = Path.Combine(folder.FullName, "keys.json");
        var (reader, other) = (Keys.Add(file, "acme", "vault:read"), Keys.Add(file, "acme", "instana:read"));
        var own = await TestGateway.StartAsync(o => o with { ApiKeyFile = file });
        foreach (var (key, isAllowed) in new[] { (reader, true), (other, false) })
        {
            own.Http.Always["X-API-Key"] = key;
            var read = await own.Http.PostAsync(McpRequest.Modern("resources/read", """{"uri":"vault://notes/head"}"""));
            var session = await own.Http.InitializeAsync();
            var subscribe = await own.Http.PostAsync(McpRequest.Legacy("resources/subscribe", """{"uri":"vault://notes/head"}""", session));
            using var listen = await own.Http.OpenAsync(McpRequest.Modern("subscriptions/listen", """{"notifications":{"resourceSubscriptions":["vault://notes/head"]}}"""));
            var accepted = (await listen.MessageAsync())["params"]!["notifications"]!["resourceSubscriptions"]!.AsArray();
            if (isAllowed)
            {
                read.ShouldFail(200, -32602);
                subscribe.ShouldSucceed();
                accepted.Count.ShouldBe(1);
            }
            else
            {
                read.ShouldFail(403, -32600);
                subscribe.ShouldFail(403, -32600);
                accepted.ShouldBeEmpty();
            }
        }
        await own.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private async Task CreateAsync(string vault) =>
        await _gateway.Get<ITenants>().Vault(TenantId.Default, VaultName.Parse(vault)).CreateAsync(CancellationToken.None);

    private async Task<JsonNode> AppendAsync(string vault, int n, string text = "")
    {
        var answer = await Http.CallAsync("append_event", $$$"""{"vault_path":"{{{vault}}}","event_type":"note","data":{"n":{{{n}}},"text":"{{{text}}}"}}""");
        answer.ShouldSucceed();
        return answer.Result["structuredContent"]!;
    }

    private async Task<string> TextAsync(string uri)
    {
        var answer = await Http.PostAsync(McpRequest.Modern("resources/read", $$"""{"uri":"{{uri}}"}"""));
        answer.ShouldSucceed();
        var contents = answer.Result["contents"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)contents["uri"]!).ShouldBe(uri);
        return (string)contents["text"]!;
    }
}
