using System.Text;
using Granary.Gateway.Tests.EndToEnd;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Access;

/// <summary>Which scope each tool, prompt, resource and route takes: a key with less is refused with 403 before anything is looked at.</summary>
[Trait("Kind", "Hostile")]
public sealed class ScopeTests : IAsyncLifetime
{
    private const string Id = "0b9bd0c7-6f0e-4a9c-9d59-1f2f5f6c7a11";

    /// <summary>The tools that take vault:append, vault:write and vault:admin; every other vault tool takes vault:read.</summary>
    private static readonly string[] Appenders = ["append_assertion", "append_event", "append_observation"];

    private static readonly string[] Makers =
    [
        "bootstrap_vault", "checkpoint_vault", "export_digest", "generate_digest", "import_delta", "init_vault", "issue_fencing_token", "sync_vaults",
    ];

    private static readonly string[] Enders = ["redact_event", "rotate_key", "seal_vault", "shred_event"];

    private static string[] Writers => [.. Appenders, .. Makers, .. Enders];

    private readonly Dictionary<string, string> _keys = [];
    private readonly KeysFile _file = new();
    private RunningGateway _gateway = null!;

    private Uri Root => _gateway.Client.Root;

    public async Task InitializeAsync()
    {
        foreach (var scopes in (string[])["*", "vault:read", "vault:append", "vault:write", "vault:admin", "instana:read", "instana:write", "vault:read instana:read"])
            _keys[scopes] = _file.Add("acme", scopes.Split(' '));
        _gateway = await RunningGateway.StartAsync(o => o with { ApiKeyFile = _file.Path });
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _file.Dispose();
    }

    [Fact]
    public async Task Each_tool_is_refused_to_a_key_without_its_scope_and_to_no_other()
    {
        string[] instana = [.. Granary.Instana.InstanaTools.All.Select(tool => tool.Name)];
        (await RefusedAsync("vault:read")).ShouldBe([.. Writers, .. instana], ignoreOrder: true);
        (await RefusedAsync("vault:write")).ShouldBe([.. Enders, .. instana], ignoreOrder: true);
        (await RefusedAsync("vault:admin")).ShouldBe(instana, ignoreOrder: true);
        (await RefusedAsync("vault:append")).ShouldBe((await ToolsAsync()).Except(Appenders), ignoreOrder: true);
        (await RefusedAsync("*")).ShouldBeEmpty();
        (await RefusedAsync("vault:read instana:read")).ShouldBe(Writers, ignoreOrder: true);
        var all = await ToolsAsync();
        (await RefusedAsync("instana:read")).ShouldBe(all.Except(instana), ignoreOrder: true);
    }

    [Fact]
    public async Task What_is_refused_names_the_scope_that_is_missing()
    {
        using var client = ClientOf("vault:read");
        var reply = await client.CallAsync("append_event", "{}");
        reply.Status.ShouldBe(403);
        reply.Refusal().ShouldBe("This needs the scope 'vault:append', which the caller does not have.");
    }

    [Theory]
    [InlineData("prompts/get", "\"name\":\"audit_report\",\"arguments\":{\"vault\":\"notes\"},", "audit_report")]
    [InlineData("resources/read", "\"uri\":\"vault://notes/state\",", "vault://notes/state")]
    [InlineData("resources/read", "\"uri\":\"vault://notes/events/e1\",", "vault://notes/events/e1")]
    public async Task Prompts_and_resources_take_vault_read(string method, string parameters, string name)
    {
        foreach (var (scope, isAllowed) in new[] { ("instana:write", false), ("vault:read", true), ("vault:write", true) })
        {
            using var http = new McpHttp(Root);
            http.Always["X-API-Key"] = _keys[scope];
            var answer = await http.PostAsync(McpRequest.Modern(method, $"{{{parameters.TrimEnd(',')}}}").Header("Mcp-Name", name));
            (answer.Status == 403).ShouldBe(!isAllowed, $"{scope}: {answer.Text}");
        }
    }

    [Theory]
    [InlineData("POST", "create", true)]
    [InlineData("POST", $"{Id}/events", true)]
    [InlineData("GET", $"{Id}/verify", false)]
    [InlineData("GET", Id, false)]
    public async Task Each_route_of_the_HTTP_API_takes_its_scope(string method, string path, bool writes)
    {
        foreach (var (scope, isAllowed) in new[] { (null, false), ("instana:write", false), ("vault:read", !writes), ("vault:write", true), ("*", true) })
        {
            using var http = new McpHttp(Root);
            using var request = http.Request(new HttpMethod(method), $"/api/v1/vaults/{path}", scope is null ? [] : [("x-api-key", _keys[scope])]);
            if (method == "POST")
                request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
            var status = (await http.SendAsync(request)).Status;
            // A caller that is let in is told what is wrong with the request itself.
            status.ShouldBe(scope is null ? 401 : !isAllowed ? 403 : method == "POST" ? 400 : 404, $"{scope}");
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/health")]
    public async Task What_the_gateway_says_of_itself_it_says_to_everybody(string path)
    {
        using var http = new McpHttp(Root);
        var answer = await http.GetAsync(path);
        (answer.Status, (string)answer.Message["server"]!).ShouldBe((200, "granary"));
        answer.Text.ShouldNotContain("acme");
    }

    private async Task<List<string>> RefusedAsync(string scopes)
    {
        using var client = ClientOf(scopes);
        var refused = new List<string>();
        foreach (var tool in await ToolsAsync())
        {
            if ((await client.CallAsync(tool, "{}")).Status == 403)
                refused.Add(tool);
        }
        return refused;
    }

    private async Task<IEnumerable<string>> ToolsAsync()
    {
        using var client = ClientOf("*");
        return (await client.ListAsync()).Keys;
    }

    private ToolClient ClientOf(string scopes) => new(Root, ("X-API-Key", _keys[scopes]));
}
