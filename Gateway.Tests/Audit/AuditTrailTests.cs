using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Gateway.Audit;
using Granary.Gateway.Configuration;
using Granary.Gateway.Tests.Support;
using Granary.Tenants;
using Granary.Vault.Keys;
using Granary.Vault.Proofs;

namespace Granary.Gateway.Tests.Audit;

/// <summary>Each call of a tool is a line in its tenant's own audit vault, which callers read and cannot write.</summary>
[Trait("Kind", "Hostile")]
public sealed class AuditTrailTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-audit-").FullName;
    private readonly Dictionary<string, string> _keys = [];
    private TestGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        foreach (var (tenant, scopes) in new[] { ("acme", "*"), ("acme", "vault:read"), ("globex", "*") })
            _keys[$"{tenant} {scopes}"] = Keys.Add(Path.Combine(_folder, "keys.json"), tenant, scopes);
        _gateway = await TestGateway.StartAsync(Options);
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_call_is_recorded_with_who_what_and_what_came_of_it()
    {
        await CallAsync("acme *", "init_vault", """{"vault_path":"team/notes"}""");
        await CallAsync("acme *", "append_event", """{ "vault_path":"team/notes", "event_type":"note", "data":{"b":1.50,"a":"ü"} }""");
        await CallAsync("acme *", "query_timeline", """{"vault_path":"team/notes"}""");
        await CallAsync("acme vault:read", "append_event", """{"vault_path":"team/notes","event_type":"note","data":{}}""");
        await CallAsync("acme *", "append_event", """{"vault_path":"nowhere","event_type":"note","data":{}}""");
        await CallAsync("acme *", "manage_events", """{"operation":"get_event","params":{"event_id":"x"}}""");

        var lines = await LinesAsync("acme");
        lines.Select(l => $"{l["tool"]} {l["operation"]} {l["vault"]} {l["outcome"]}").ShouldBe(
        [
            "init_vault  team/notes ok", "append_event  team/notes ok", "query_timeline  team/notes ok", "append_event   refused",
            "append_event  nowhere error", "manage_events get_event  error",
        ]);
        lines.Select(l => (string?)l["key"]).Distinct().Count().ShouldBe(2);
        lines.ShouldAllBe(l => (string)l["address"]! == "127.0.0.1" && (string)l["via"]! == "mcp" && (long)l["duration_us"]! >= 0);
        // python3: hashlib.sha256(json.dumps(…, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode()).hexdigest()
        ((string)lines[1]["arguments_sha256"]!).ShouldBe("06ad1026aa35302bf051c98d32e413f65aee6b439a443f1fa21a34ce793ecb0b");
        // printf '{"vault_path":"team/notes"}' | sha256sum
        ((string)lines[2]["arguments_sha256"]!).ShouldBe("d48031b187d3d9f49fea866bdf5c3a4b55bb66d3c5697c816df4e4ea475f3fe1");
        // Where something may have changed, the answer is proved too.
        lines.Select(l => l["answer_sha256"] is not null).ShouldBe([true, true, false, false, true, false]);
        (await LinesAsync("globex")).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_record_verifies_and_holds_nothing_that_was_said()
    {
        await CallAsync("acme *", "init_vault", """{"vault_path":"private-name"}""");
        await CallAsync("acme *", "append_event", """{"vault_path":"private-name","event_type":"note","data":{"text":"a-secret-of-the-caller"}}""");
        await _gateway.Get<AuditTrail>().FlushAsync(CancellationToken.None);
        var report = await CallAsync("acme *", "verify_chain", """{"vault_path":"granary-audit"}""");
        ((bool)report.Result["structuredContent"]!["valid"]!).ShouldBeTrue();
        var timeline = await CallAsync("acme *", "query_timeline", """{"vault_path":"granary-audit"}""");
        timeline.Text.ShouldContain("private-name");
        timeline.Text.ShouldNotContain("a-secret-of-the-caller");
    }

    [Theory]
    [InlineData("append_event", """{"vault_path":"granary-audit","event_type":"tool_calls","data":{}}""")]
    [InlineData("append_event", """{"vault_path":"./granary-audit","event_type":"tool_calls","data":{}}""")]
    [InlineData("init_vault", """{"vault_path":"/granary-audit"}""")]
    [InlineData("bootstrap_vault", """{"path":"granary-audit"}""")]
    [InlineData("seal_vault", """{"vault_path":"granary-audit"}""")]
    [InlineData("rotate_key", """{"vault_path":"granary-audit"}""")]
    [InlineData("redact_event", """{"vault_path":"granary-audit","event_id":"x","reason":"OTHER"}""")]
    [InlineData("shred_event", """{"vault_path":"granary-audit","event_id":"x","reason":"OTHER"}""")]
    [InlineData("sync_vaults", """{"local":"granary-audit","remote":"other"}""")]
    public async Task Callers_write_nothing_into_it_whatever_they_may_do_elsewhere(string tool, string arguments)
    {
        var refused = await CallAsync("acme *", tool, arguments);
        refused.ShouldFail(403, -32600);
        refused.ErrorText.ShouldContain("'granary-audit' holds the record of this tenant's calls");
        // Also where nothing is recorded yet: nobody prepares a history.
        await using var other = await TestGateway.StartAsync(o => o with { ApiKeyFile = Path.Combine(_folder, "keys.json") });
        (await other.Http.PostAsync(McpRequest.Call(tool, arguments).Header("X-API-Key", _keys["acme *"]))).ShouldFail(403, -32600);
    }

    [Fact]
    public async Task A_caller_who_asks_gets_a_receipt_that_proves_itself()
    {
        foreach (var request in new[]
        {
            McpRequest.Modern("tools/call", """{"name":"list_vaults","arguments":{},"_meta":{"granary/receipt":true}}"""),
            McpRequest.Legacy("tools/call", """{"name":"list_vaults","arguments":{},"_meta":{"granary/receipt":true}}"""),
        })
        {
            var answer = await _gateway.Http.PostAsync(request.Header("X-API-Key", _keys["acme *"]));
            var receipt = answer.Result["_meta"]!["granary/receipt"]!;
            ((string)receipt["vault"]!).ShouldBe("granary-audit");
            var proof = EventProof.Read(Encoding.UTF8.GetBytes(receipt["proof"]!.ToJsonString()));
            proof.Problems(PublicKey.FromRaw(Convert.FromBase64String((string)receipt["public_key"]!))).ShouldBeEmpty();
            proof.Inclusion.Position.ShouldBe((long)receipt["position"]!);
            var recorded = JsonNode.Parse(proof.Event.Span)!;
            ((string)recorded["type"]!).ShouldBe("tool_calls");
            ((string)recorded["data"]!["calls"]![(int)receipt["call"]!]!["tool"]!).ShouldBe("list_vaults");
        }
        var plain = await CallAsync("acme *", "list_vaults", "{}");
        plain.Result["_meta"]!.AsObject().ContainsKey("granary/receipt").ShouldBeFalse();
    }

    [Fact]
    public async Task The_http_api_is_recorded_as_well()
    {
        var id = (string)(await MakeAsync("acme *")).Message["vault_id"]!;
        await _gateway.Http.GetAsync($"/api/v1/vaults/{id}", ("X-API-Key", _keys["acme *"]));
        (await MakeAsync("acme vault:read")).Status.ShouldBe(403);
        (await LinesAsync("acme")).Select(l => $"{l["via"]} {l["tool"]} {l["vault"]} {l["outcome"]}")
            .ShouldBe(["api init_vault  ok", $"api vault_status {id} ok", "api init_vault  refused"]);
    }

    [Fact]
    public async Task Many_calls_share_an_event_and_each_is_there_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 400).Select(i => CallAsync("acme *", "query_timeline", $$"""{"vault_path":"v{{i}}"}""")));
        var lines = await LinesAsync("acme");
        lines.Select(l => (string)l["vault"]!).Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, 400).Select(i => $"v{i}").Order(StringComparer.Ordinal));
        (await EventsAsync("acme", "tool_calls")).Count.ShouldBeLessThan(200);
    }

    [Fact]
    public async Task A_restart_goes_on_in_the_same_vault_and_tells_its_tools_once()
    {
        await using (var first = await StartAsync())
        {
            await first.Http.PostAsync(McpRequest.Call("list_vaults").Header("X-API-Key", _keys["acme *"]));
            // What waits is written before it ends.
            await first.StopAsync();
        }
        await using (var next = await StartAsync())
        {
            await next.Http.PostAsync(McpRequest.Call("list_vaults").Header("X-API-Key", _keys["acme *"]));
            (await LinesAsync("acme", next)).Count.ShouldBe(2);
            (await EventsAsync("acme", "tool_definitions", next)).Count.ShouldBe(1);
        }
        // A gateway with other tools says so.
        await using var fewer = await StartAsync("vault");
        await fewer.Http.PostAsync(McpRequest.Call("list_vaults").Header("X-API-Key", _keys["acme *"]));
        (await EventsAsync("acme", "tool_definitions", fewer)).Count.ShouldBe(2);

        Task<TestGateway> StartAsync(params string[] tools) =>
            TestGateway.StartAsync(o => Options(o) with { DataFolder = Path.Combine(_folder, "again"), Tools = tools });
    }

    [Fact]
    public async Task Each_tool_in_the_list_carries_the_hash_of_the_rest_of_its_definition()
    {
        var tools = (await _gateway.Http.PostAsync(McpRequest.Modern("tools/list").Header("X-API-Key", _keys["globex *"]))).Result["tools"]!.AsArray();
        await CallAsync("globex *", "list_vaults", "{}");
        var recorded = (await EventsAsync("globex", "tool_definitions")).ShouldHaveSingleItem()["tools"]!;
        foreach (var tool in tools.Select(t => t!.AsObject()))
        {
            var digest = (string)tool["_meta"]!["granary/sha256"]!;
            tool.Remove("_meta");
            digest.ShouldBe(Python(tool), (string)tool["name"]!);
            ((string)recorded[(string)tool["name"]!]!).ShouldBe(digest);
        }
    }

    private GatewayOptions Options(GatewayOptions o) =>
        o with { ApiKeyFile = Path.Combine(_folder, "keys.json"), DataFolder = Path.Combine(_folder, "data"), Audit = true };

    private Task<Answer> CallAsync(string key, string tool, string arguments) =>
        _gateway.Http.PostAsync(McpRequest.Call(tool, arguments).Header("X-API-Key", _keys[key]));

    private Task<Answer> MakeAsync(string key)
    {
        var request = _gateway.Http.Request(HttpMethod.Post, "/api/v1/vaults/create", ("X-API-Key", _keys[key]));
        request.Content = new StringContent("""{"name":"managed"}""", Encoding.UTF8, "application/json");
        return _gateway.Http.SendAsync(request);
    }

    private async Task<List<JsonNode>> LinesAsync(string tenant, TestGateway? gateway = null) =>
        [.. (await EventsAsync(tenant, "tool_calls", gateway)).SelectMany(e => e["calls"]!.AsArray()).Select(l => l!)];

    private async Task<List<JsonNode>> EventsAsync(string tenant, string type, TestGateway? gateway = null)
    {
        await (gateway ?? _gateway).Get<AuditTrail>().FlushAsync(CancellationToken.None);
        var vault = (gateway ?? _gateway).Get<ITenants>().Vault(TenantId.Parse(tenant), AuditVault.Name);
        try
        {
            var timeline = await vault.QueryTimelineAsync(new TimelineQuery { EventType = type }, CancellationToken.None);
            return [.. timeline.Events.Select(e => JsonNode.Parse(e.Span)!["data"]!)];
        }
        catch (TenantException e) when (e.Failure == TenantFailure.NotFound)
        {
            return [];
        }
    }

    /// <summary>
    /// The digest that another program finds: members sorted, no spaces. Definitions hold no numbers with fractions and no keys beyond ASCII, so that .NET's own
    /// serializer writes what Python's does.
    /// </summary>
    private static string Python(JsonNode node) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sorted(node))));

    private static string Sorted(JsonNode? node) => node switch
    {
        JsonObject o => $"{{{string.Join(',', o.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{Sorted(JsonValue.Create(m.Key))}:{Sorted(m.Value)}"))}}}",
        JsonArray a => $"[{string.Join(',', a.Select(Sorted))}]",
        null => "null",
        _ => node.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }),
    };
}
