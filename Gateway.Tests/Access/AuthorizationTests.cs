using System.Text;
using System.Text.Json;
using Granary.Gateway.Tests.EndToEnd;
using Granary.Gateway.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Gateway.Tests.Access;

/// <summary>Scope, tool, operation and vault decide together with the policy, and lists show what is left.</summary>
[Trait("Kind", "Hostile")]
public sealed class AuthorizationTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-policy-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(57));
    private readonly Dictionary<string, string> _keys = [];
    private TestGateway _gateway = null!;

    private string KeyFile => Path.Combine(_folder, "keys.json");

    private string PolicyFile => Path.Combine(_folder, "policy.json");

    public async Task InitializeAsync()
    {
        foreach (var scopes in (string[])["*", "instana:read", "vault:read", "vault:team/*:append", "tool:manage_slo:read", "vault:team/*:read vault:own:write", "vault:write"])
            _keys[scopes] = Keys.Add(KeyFile, "acme", scopes.Split(' '));
        await WriteAsync("""{"tenants":{}}""");
        _gateway = await TestGateway.StartAsync(
            o => o with { ApiKeyFile = KeyFile, PolicyFile = PolicyFile }, s => s.AddSingleton<TimeProvider>(_time));
        foreach (var vault in (string[])["team/notes", "own", "secret/one"])
            (await CallAsync("*", "init_vault", $$"""{"vault_path":"{{vault}}"}""")).IsToolError.ShouldBeFalse();
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_key_for_some_vaults_reaches_no_other()
    {
        const string Key = "vault:team/*:append";
        (await AppendAsync(Key, "team/notes")).IsToolError.ShouldBeFalse();
        var other = await AppendAsync(Key, "own");
        other.ShouldFail(403, -32600);
        other.ErrorText.ShouldBe("This needs the scope 'vault:append' for the vault 'own', which the caller does not have.");
        other.Header("WWW-Authenticate").ShouldBe("Bearer realm=\"granary\", error=\"insufficient_scope\", scope=\"vault:append\"");
        (await CallAsync(Key, "query_timeline", """{"vault_path":"team/notes"}""")).ShouldFail(403, -32600);
        // A vault that is not there is refused in the same words.
        (await AppendAsync(Key, "nosuch")).ErrorText.ShouldBe("This needs the scope 'vault:append' for the vault 'nosuch', which the caller does not have.");
        (await CallAsync(Key, "init_vault", """{"vault_path":"team/new"}""")).ShouldFail(403, -32600);
    }

    [Fact]
    public async Task Reading_is_narrowed_everywhere_a_vault_can_be_read()
    {
        const string Key = "vault:team/*:read vault:own:write";
        (await CallAsync(Key, "list_vaults", "{}")).Result["structuredContent"]!["vaults"]!.AsArray().Select(v => (string)v!).ShouldBe(["own", "team/notes"]);
        (await PostAsync(Key, McpRequest.Modern("resources/list"))).Result["resources"]!.AsArray()
            .Where(r => ((string)r!["uri"]!).StartsWith("vault:", StringComparison.Ordinal)).Select(r => (string)r!["name"]!).ShouldBe(["own", "team/notes"]);
        (await PostAsync(Key, McpRequest.Modern("resources/read", """{"uri":"vault://team%2Fnotes/status"}"""))).Status.ShouldBe(200);
        (await PostAsync(Key, McpRequest.Modern("resources/read", """{"uri":"vault://secret%2Fone/status"}"""))).ShouldFail(403, -32600);
        (await PostAsync(Key, McpRequest.Modern("prompts/get", """{"name":"audit_report","arguments":{"vault":"secret/one"}}"""))).ShouldFail(403, -32600);
        (await PostAsync(Key, McpRequest.Modern("prompts/get", """{"name":"audit_report","arguments":{"vault":"own"}}"""))).Status.ShouldBe(200);
        (await CompleteAsync(Key, "")).ShouldBe(["own", "team/notes"]);
        (await CompleteAsync(Key, "secret")).ShouldBeEmpty();
        (await PostAsync(Key, McpRequest.Modern("resources/read", """{"uri":"vault://secret%2Fone/events/x"}"""))).ShouldFail(403, -32600);
        var vaults = await _gateway.Http.GetAsync("/api/v1/vaults", ("X-API-Key", _keys[Key]));
        vaults.Message["vaults"]!.AsArray().Select(v => (string)v!).ShouldBe(["own", "team/notes"]);
    }

    [Fact]
    public async Task A_call_that_needs_several_scopes_is_told_all_of_them()
    {
        const string Sync = """{"local":"own","remote":"secret/one"}""";
        var refused = await CallAsync("vault:team/*:read vault:own:write", "sync_vaults", Sync);
        refused.ShouldFail(403, -32600);
        refused.Header("WWW-Authenticate")!.ShouldContain("scope=\"vault:write vault:read\"");
        (await CallAsync("vault:write", "sync_vaults", Sync)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Lists_show_what_may_be_called_and_are_the_callers_own()
    {
        (await ToolsAsync("tool:manage_slo:read")).ShouldBe(["manage_slo"]);
        (await ToolsAsync("instana:read")).ShouldBe(Granary.Instana.InstanaTools.All.Select(t => t.Name), ignoreOrder: true);
        var reading = await ToolsAsync("vault:read");
        reading.ShouldContain("query_timeline");
        foreach (var other in (string[])["append_event", "shred_event", "init_vault", "sync_vaults", "manage_events"])
            reading.ShouldNotContain(other);
        (await ToolsAsync("vault:write")).ShouldNotContain("shred_event");
        (await ToolsAsync("*")).ShouldContain("shred_event");
        foreach (var method in (string[])["tools/list", "prompts/list", "resources/list", "resources/templates/list"])
            ((string)(await PostAsync("instana:read", McpRequest.Modern(method))).Result["cacheScope"]!).ShouldBe("private", method);
        (await PostAsync("instana:read", McpRequest.Modern("resources/templates/list"))).Result["resourceTemplates"]!.AsArray()
            .Select(t => (string)t!["uriTemplate"]!).ShouldNotContain(uri => uri.StartsWith("vault:", StringComparison.Ordinal));
        var prompts = (await PostAsync("vault:read", McpRequest.Modern("prompts/list"))).Result["prompts"]!.AsArray().Select(p => (string)p!["name"]!).ToList();
        prompts.ShouldContain("audit_report");
        prompts.Count.ShouldBeLessThan(20);
        (await CompleteAsync("instana:read", "")).ShouldBeEmpty();
        var session = (await PostAsync("instana:read", McpRequest.Legacy("initialize", McpHttp.Handshake("2025-11-25")))).Header("Mcp-Session-Id");
        (await PostAsync("instana:read", McpRequest.Legacy("tools/list", "{}", session))).Result["tools"]!.AsArray().Select(t => (string)t!["name"]!).ShouldNotContain("append_event");
    }

    [Fact]
    public async Task An_anonymous_gateway_has_lists_for_everybody()
    {
        await using var open = await TestGateway.StartAsync(o => o);
        ((string)(await open.Http.PostAsync(McpRequest.Modern("tools/list"))).Result["cacheScope"]!).ShouldBe("public");
    }

    /// <summary>Every session pays for the list of tools.</summary>
    [Fact]
    public async Task The_tools_of_a_key_that_reads_from_Instana_take_25_kB_at_most()
    {
        var keys = Path.Combine(_folder, "lean.json");
        var key = Keys.Add(keys, "acme", "instana:read");
        await using var gateway = await RunningGateway.StartAsync(o => o with { ApiKeyFile = keys });
        using var http = new McpHttp(gateway.Client.Root);
        var answer = await http.PostAsync(McpRequest.Modern("tools/list").Header("X-API-Key", key));
        Encoding.UTF8.GetByteCount(answer.Text).ShouldBeLessThanOrEqualTo(25_000);
    }

    [Fact]
    public async Task What_cannot_be_undone_takes_vault_admin()
    {
        foreach (var (tool, arguments) in new[]
        {
            ("shred_event", """{"vault_path":"own","event_id":"x","reason":"OTHER"}"""), ("redact_event", """{"vault_path":"own","event_id":"x","reason":"OTHER"}"""),
            ("seal_vault", """{"vault_path":"own"}"""), ("rotate_key", """{"vault_path":"own"}"""),
        })
        {
            var refused = await CallAsync("vault:write", tool, arguments);
            refused.ShouldFail(403, -32600);
            refused.Header("WWW-Authenticate")!.ShouldContain("scope=\"vault:admin\"", customMessage: tool);
        }
    }

    [Fact]
    public async Task The_policy_takes_away_from_a_tenant_and_from_a_key_and_is_read_again()
    {
        await WriteAsync($$"""
            {"tenants":{"acme":{"deny":["vault:secret/*:*","tool:shred_event:*"],
              "keys":{"{{Id("*")}}":{"allow":["vault:own:*","vault:team/*:read","instana:*"],"deny":["tool:manage_events/get_*:*"]} } },
             "globex":{"deny":["*"]} } }
            """);
        await UntilAsync(async () => (await CallAsync("*", "query_timeline", """{"vault_path":"secret/one"}""")).Status == 403);
        var refused = await CallAsync("vault:read", "query_timeline", """{"vault_path":"secret/one"}""");
        refused.ErrorText.ShouldBe("The policy of this server does not permit this call; its operator can change that.");
        // No scope would help: a client must not ask for one.
        refused.Header("WWW-Authenticate").ShouldBeNull();
        (await CallAsync("vault:read", "query_timeline", """{"vault_path":"team/notes"}""")).Status.ShouldBe(200);
        (await ToolsAsync("*")).ShouldNotContain("shred_event");
        (await AppendAsync("*", "own")).Status.ShouldBe(200);
        (await AppendAsync("*", "team/notes")).Status.ShouldBe(403);
        (await CallAsync("*", "query_timeline", """{"vault_path":"team/notes"}""")).Status.ShouldBe(200);
        (await CallAsync("*", "manage_events", """{"operation":"get_event","params":{"event_id":"x"}}""")).Status.ShouldBe(403);
        (await CallAsync("*", "manage_events", """{"operation":"describe"}""")).Status.ShouldBe(200);
        await WriteAsync("""{"tenants":{}}""");
        await UntilAsync(async () => (await AppendAsync("*", "team/notes")).Status == 200);
    }

    [Theory]
    [InlineData("", "is not as docs/configuration.md shows it")]
    [InlineData("{}", "has no \"tenants\"")]
    [InlineData("""{"tenants":{"acme":null}}""", "tenant 'acme' is null")]
    [InlineData("""{"tenants":{"ACME":{}}}""", "tenant 'ACME'")]
    [InlineData("""{"tenants":{"acme":{"denied":[]}}}""", "denied")]
    [InlineData("""{"tenants":{"acme":{"deny":["vault:fly"]}}}""", "tenant 'acme', \"deny\": 'vault:fly' is none")]
    [InlineData("""{"tenants":{"acme":{"keys":{"k":{"allow":[null]}}}}}""", "key 'k', \"allow\"")]
    [InlineData("""{"tenants":{"acme":{"keys":{"k":null}}}}""", "key 'k'")]
    public async Task A_policy_that_cannot_be_used_is_said_and_the_old_one_stays(string json, string says)
    {
        await WriteAsync("""{"tenants":{"acme":{"deny":["vault:secret/*:*"]}}}""");
        await UntilAsync(async () => (await CallAsync("*", "query_timeline", """{"vault_path":"secret/one"}""")).Status == 403);
        await WriteAsync(json);
        await UntilAsync(() => Task.FromResult(_gateway.Logs.Errors.Any(e => e.Contains("The policy stays as it was") && e.Contains(says))));
        (await CallAsync("*", "query_timeline", """{"vault_path":"secret/one"}""")).Status.ShouldBe(403);
        await UntilAsync(async () => (await _gateway.Http.GetAsync("/health/ready")).Status == 503);
        Should.Throw<InvalidDataException>(() => Granary.Gateway.Access.PolicyFile.Parse("p", Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("Mcp-Method", "tools/list")]
    [InlineData("Mcp-Name", "list_vaults")]
    [InlineData("Mcp-Name", "=?base64?bGlzdF92YXVsdHM=?=")]
    public async Task Headers_that_do_not_say_what_the_body_says_are_refused_in_every_revision(string header, string value)
    {
        const string Call = """{"name":"query_timeline","arguments":{"vault_path":"own"}}""";
        (await PostAsync("*", McpRequest.Modern("tools/call", Call).Header(header, value))).ShouldFail(400, -32020);
        foreach (var version in (string[])["2025-11-25", "2025-06-18", "2025-03-26"])
        {
            var session = (await PostAsync("*", McpRequest.Legacy("initialize", McpHttp.Handshake(version)))).Header("Mcp-Session-Id");
            (await PostAsync("*", McpRequest.Legacy("tools/call", Call, session, version).Header(header, value))).ShouldFail(400, -32600);
            (await PostAsync("*", McpRequest.Legacy("tools/call", Call, session, version).Header("Mcp-Method", "tools/call").Header("Mcp-Name", "query_timeline"))).ShouldSucceed();
        }
        var batch = McpRequest.Raw($$"""[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{Call}} }]""").Header("MCP-Protocol-Version", "2025-03-26").Header(header, value);
        (await PostAsync("*", batch)).ShouldFail(400, -32600);
    }

    private string Id(string scopes) => _keys[scopes].Split('_')[1];

    private async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 1200; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            if (await condition())
                return;
            await Task.Delay(50);
        }
        throw new TimeoutException("The policy did not come into force within a minute.");
    }

    private Task WriteAsync(string json) => File.WriteAllTextAsync(PolicyFile, json);

    private Task<Answer> PostAsync(string scopes, McpRequest request) => _gateway.Http.PostAsync(request.Header("X-API-Key", _keys[scopes]));

    private Task<Answer> CallAsync(string scopes, string tool, string arguments) => PostAsync(scopes, McpRequest.Call(tool, arguments));

    private Task<Answer> AppendAsync(string scopes, string vault) =>
        CallAsync(scopes, "append_event", $$"""{"vault_path":{{JsonSerializer.Serialize(vault)}},"event_type":"note","data":{"x":1} }""");

    private async Task<List<string>> ToolsAsync(string scopes) =>
        [.. (await PostAsync(scopes, McpRequest.Modern("tools/list"))).Result["tools"]!.AsArray().Select(t => (string)t!["name"]!).Where(n => !n.StartsWith("t_", StringComparison.Ordinal) && n != "named_by_the_test")];

    private async Task<List<string>> CompleteAsync(string scopes, string value) =>
        [.. (await PostAsync(scopes, McpRequest.Modern(
            "completion/complete",
            """{"ref":{"type":"ref/resource","uri":"vault://{name}/head"},"argument":{"name":"name","value":"VALUE"}}""".Replace("VALUE", value, StringComparison.Ordinal)))).Result["completion"]!["values"]!.AsArray().Select(v => (string)v!)];
}
