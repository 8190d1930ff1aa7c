using System.Text;
using System.Text.Json.Nodes;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Calls;

/// <summary>A slip beside <c>params.name</c>, which would call a tool with arguments that nobody gave.</summary>
[Trait("Kind", "Hostile")]
public sealed class MisspelledMemberTests : IAsyncLifetime
{
    private TestGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await TestGateway.StartAsync(o => o);

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData("argument", "arguments")]
    [InlineData("Arguments", "arguments")]
    [InlineData("ARGUMENTS", "arguments")]
    [InlineData("argumnets", "arguments")]
    [InlineData("args", "arguments")]
    [InlineData("input", "arguments")]
    [InlineData("parameters", "arguments")]
    [InlineData("input_responses", "inputResponses")]
    [InlineData("requeststate", "requestState")]
    public async Task It_is_refused_with_the_name_that_was_meant(string member, string meant)
    {
        foreach (var (method, name) in (KeyValuePair<string, string>[])[new("tools/call", "t_echo"), new("prompts/get", "p_hello")])
        {
            var answer = await _gateway.Http.PostAsync(McpRequest.Modern(method, $$$"""{"name":"{{{name}}}","{{{member}}}":{"text":"x"}}"""));
            answer.Code.ShouldBe(-32602);
            answer.ErrorText.ShouldContain($"'params' of {method} has no member '{member}'; did you mean '{meant}'?");
        }
    }

    [Fact]
    public async Task It_is_refused_in_older_revisions_and_in_batches_and_changes_nothing()
    {
        var session = await _gateway.Http.InitializeAsync("2025-03-26");
        using var request = _gateway.Http.Request(HttpMethod.Post, "/mcp", ("Mcp-Session-Id", session), ("Accept", "application/json"));
        request.Content = new StringContent(
            """[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"init_vault","args":{"vault_path":"slip"}}}]""", Encoding.UTF8, "application/json");
        var answer = await _gateway.Http.SendAsync(request);
        ((string)JsonNode.Parse(answer.Text)![0]!["error"]!["message"]!).ShouldContain("did you mean 'arguments'?");
        (await _gateway.Http.PostAsync(McpRequest.Call("list_vaults"))).ToolText.ShouldNotContain("slip");
    }

    [Theory]
    [InlineData("""{"name":"t_echo","arguments":{"text":"x"},"task":{"ttl":1},"documents":[],"priority":1,"date":"x","argument_hints":{}}""")]
    [InlineData("""{"name":"t_echo","arguments":{"text":"x"},"input":"somebody else's","params":{}}""")]
    public async Task What_a_later_revision_may_add_is_ignored(string parameters) =>
        (await _gateway.Http.PostAsync(McpRequest.Modern("tools/call", parameters))).IsToolError.ShouldBeFalse();

    [Theory]
    [InlineData("Cursor")]
    [InlineData("curser")]
    [InlineData("crusor")]
    [InlineData("cursors")]
    [InlineData("nextCursor")]
    [InlineData("next_cursor")]
    public async Task A_slip_in_the_cursor_of_a_list_is_refused_for_the_first_page_would_never_end(string member)
    {
        var session = await _gateway.Http.InitializeAsync("2025-11-25");
        foreach (var method in (string[])["tools/list", "prompts/list", "resources/list", "resources/templates/list"])
        {
            var parameters = $$"""{"{{member}}":"cDI1MA"}""";
            foreach (var request in (McpRequest[])[McpRequest.Modern(method, parameters), McpRequest.Legacy(method, parameters).Header("Mcp-Session-Id", session)])
            {
                var answer = await _gateway.Http.PostAsync(request);
                answer.Code.ShouldBe(-32602);
                answer.ErrorText.ShouldContain($"'params' of {method} has no member '{member}'; did you mean 'cursor'?");
            }
        }
    }

    [Fact]
    public async Task A_cursor_that_is_sent_twice_is_refused()
    {
        var request = McpRequest.Modern("tools/list", """{"cursor":null}""");
        var twice = request.Text(request.Body.ToJsonString().Replace("\"cursor\":null", "\"cursor\":null,\"cursor\":null", StringComparison.Ordinal));
        (await _gateway.Http.PostAsync(twice)).ErrorText.ShouldContain("Duplicate member 'params.cursor'");
    }

    [Fact]
    public async Task Other_members_of_a_list_are_ignored_and_so_is_a_cursor_elsewhere()
    {
        (await _gateway.Http.PostAsync(McpRequest.Modern("tools/list", """{"limit":1,"page":2,"course":"x"}"""))).Result["tools"].ShouldNotBeNull();
        (await _gateway.Http.PostAsync(McpRequest.Modern("tools/call", """{"name":"t_echo","arguments":{"text":"x"},"cursors":"x"}"""))).IsToolError.ShouldBeFalse();
    }
}
