using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Gateway.Schemas;
using Granary.Gateway.Tests.Plugins;
using Granary.Gateway.Tests.Support;
using Granary.Gateway.Tools;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Gateway.Tests.Protocol.Calls;

/// <summary>Rules C1, X1 to X5, D1, D2 and V1: caching, tools, resources, pages, discovery, extensions.</summary>
[Collection(SharedGateway.Name)]
public sealed class ServiceRules(TestGateway gateway)
{
    private McpHttp Http => gateway.Http;

    [Theory]
    [InlineData("server/discover", "{}", "public")]
    [InlineData("tools/list", "{}", "public")]
    [InlineData("prompts/list", "{}", "public")]
    [InlineData("resources/list", "{}", "private")]
    [InlineData("resources/templates/list", "{}", "public")]
    [InlineData("resources/read", """{"uri":"note://mine"}""", "private")]
    public async Task C1_what_may_be_kept_says_how_long_and_for_whom(string method, string parameters, string scope)
    {
        var result = (await Http.PostAsync(McpRequest.Modern(method, parameters))).Result;
        ((double)result["ttlMs"]!).ShouldBeGreaterThanOrEqualTo(0);
        ((string)result["cacheScope"]!).ShouldBe(scope);
    }

    [Fact]
    public async Task C1_results_that_require_input_are_never_kept()
    {
        var result = (await Http.PostAsync(McpRequest.Modern("resources/read", """{"uri":"ask://first"}""", """{"elicitation":{}}"""))).Result;
        result.ContainsKey("ttlMs").ShouldBeFalse();
        result.ContainsKey("cacheScope").ShouldBeFalse();
    }

    [Fact]
    public async Task C1_all_pages_have_the_same_scope_and_together_they_are_the_list()
    {
        var own = await TestGateway.StartAsync(o => o, services =>
        {
            for (var i = 1; i <= 600; i++)
                services.AddSingleton<ITool>(new NumberedTool(i));
        });
        foreach (var (method, member, count) in new[] { ("tools/list", "tools", 600), ("resources/list", "resources", 301) })
        {
            var scopes = new HashSet<string>();
            var names = new List<string>();
            string? cursor = null;
            do
            {
                var page = (await own.Http.PostAsync(McpRequest.Modern(method, cursor is null ? "{}" : $$"""{"cursor":"{{cursor}}"}"""))).Result;
                scopes.Add((string)page["cacheScope"]!);
                names.AddRange(page[member]!.AsArray().Select(t => (string)t!["name"]!));
                cursor = (string?)page["nextCursor"];
            }
            while (cursor is not null);
            scopes.ShouldHaveSingleItem();
            names.Count.ShouldBeGreaterThanOrEqualTo(count);
            names.Distinct().Count().ShouldBe(names.Count);
        }
        await own.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"text":7}""", "text")]
    [InlineData("""{"count":-1}""", "count")]
    [InlineData("""{"count":1.5}""", "count")]
    [InlineData("""{"text":"a","text":"b"}""", "text")]
    public async Task X1_arguments_are_validated_and_the_answer_names_the_field(string arguments, string field)
    {
        var request = McpRequest.Call("t_echo", "{}");
        var answer = await Http.PostAsync(request.Text(request.Body.ToJsonString().Replace("\"arguments\":{}", $"\"arguments\":{arguments}", StringComparison.Ordinal)));
        answer.IsToolError.ShouldBeTrue(answer.Text);
        answer.ToolText.ShouldContain(field);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"x\"")]
    public async Task X1_arguments_that_are_no_object_are_refused(string arguments) => (await Http.CallAsync("t_echo", arguments)).Code.ShouldBe(-32602);

    [Theory]
    [InlineData("""{"name":"no_such_tool"}""")]
    [InlineData("""{"name":""}""")]
    [InlineData("{}")]
    [InlineData("""{"name":null}""")]
    [InlineData("""{"name":7}""")]
    public async Task X1_an_unknown_tool_is_invalid_params(string parameters) => (await Http.PostAsync(McpRequest.Modern("tools/call", parameters))).Code.ShouldBe(-32602);

    [Fact]
    public async Task X1_one_tenant_has_so_many_calls_at_once_and_no_more()
    {
        var own = await TestGateway.StartAsync(o => o with { MaxCallsPerTenant = 1 });
        var signals = Signals.Make();
        var first = own.Http.CallAsync("t_wait", signals.Argument);
        await signals.Started.Task.WaitAsync(Guard.Time);
        var refused = await own.Http.CallAsync("t_echo");
        refused.IsToolError.ShouldBeTrue();
        refused.ToolText.ShouldContain("Busy");
        signals.Go.SetResult();
        (await first).ToolText.ShouldBe("went");
        (await own.Http.CallAsync("t_echo")).IsToolError.ShouldBeFalse();
        await own.DisposeAsync();
    }

    [Fact]
    public async Task X1_outputs_cannot_break_their_frame()
    {
        var plain = await Http.CallAsync("t_nasty");
        plain.ToolText.ShouldBe(NastyTool.Output);
        var streamed = await Http.PostAsync(McpRequest.Call("t_nasty").With(r => r.Meta["progressToken"] = 1));
        streamed.Events.Count.ShouldBe(2);
        ((string)streamed.Messages[0]["params"]!["message"]!).ShouldBe(NastyTool.Output);
        streamed.ToolText.ShouldBe(NastyTool.Output);
    }

    [Fact]
    public async Task X1_structured_output_conforms_to_its_schema_and_stands_in_the_text_too()
    {
        var listed = (await Http.PostAsync(McpRequest.Modern("tools/list"))).Result["tools"]!.AsArray().Single(t => (string)t!["name"]! == "t_sum")!;
        var result = (await Http.CallAsync("t_sum", """{"a":1,"b":2}""")).Result;
        using var schema = JsonDocument.Parse(listed["outputSchema"]!.ToJsonString());
        using var content = JsonDocument.Parse(result["structuredContent"]!.ToJsonString());
        JsonSchema.Compile(schema.RootElement).Validate(content.RootElement).ShouldBeEmpty();
        JsonNode.DeepEquals(JsonNode.Parse((string)result["content"]![0]!["text"]!), result["structuredContent"]).ShouldBeTrue();
    }

    [Theory]
    [InlineData("mcp", "A sentence for the model.")]
    [InlineData("timeout", "took longer")]
    public async Task X1_failures_a_model_can_act_on_are_results(string kind, string sentence)
    {
        var answer = await Http.CallAsync("t_throw", $$"""{"kind":"{{kind}}"}""");
        answer.IsToolError.ShouldBeTrue();
        answer.ToolText.ShouldContain(sentence);
    }

    [Theory]
    [InlineData("")]
    [InlineData("has space")]
    [InlineData("slash/name")]
    [InlineData("\u00fcber")]
    [InlineData("tail\n")]
    public void X2_tool_names_are_checked_at_start(string name) =>
        Should.Throw<InvalidOperationException>(() => new ToolEntry(new Named(name))).Message.ShouldContain("X2");

    [Fact]
    public void X2_tool_names_have_1_to_128_characters()
    {
        _ = new ToolEntry(new Named(new string('a', 128)));
        Should.Throw<InvalidOperationException>(() => new ToolEntry(new Named(new string('a', 129))));
    }

    [Fact]
    public async Task X2_lists_are_in_one_order_for_all()
    {
        var names = (await Http.PostAsync(McpRequest.Modern("tools/list"))).Result["tools"]!.AsArray().Select(t => (string)t!["name"]!).ToList();
        names.ShouldBe(names.Order(StringComparer.Ordinal));
        names.Distinct().Count().ShouldBe(names.Count);
    }

    [Theory]
    [InlineData("no:such")]
    [InlineData("note://other")]
    [InlineData("note://../mine")]
    [InlineData("number://a/../../b")]
    [InlineData("relative")]
    [InlineData("")]
    [InlineData("note://a\u0000b")]
    [InlineData("note://a\nb")]
    public async Task X3_a_resource_that_is_missing_or_misnamed_is_invalid_params(string uri)
    {
        var encoded = $"=?base64?{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(uri))}?=";
        var answer = await Http.PostAsync(McpRequest.Modern("resources/read", JsonSerializer.Serialize(new { uri })).Header("Mcp-Name", encoded));
        answer.ShouldFail(200, -32602);
        answer.Text.ShouldNotContain("contents");
    }

    [Fact]
    public async Task X3_a_uri_that_is_too_long_is_refused() =>
        (await Http.PostAsync(McpRequest.Modern("resources/read", $$"""{"uri":"note://{{new string('a', 2048)}}"}"""))).Code.ShouldBe(-32602);

    [Theory]
    [InlineData("tools/list")]
    [InlineData("prompts/list")]
    [InlineData("resources/list")]
    [InlineData("resources/templates/list")]
    public async Task X4_a_cursor_that_is_not_ours_is_invalid_params(string method)
    {
        var session = await Http.InitializeAsync("2025-11-25");
        foreach (var cursor in (string[])["\"\"", "\"x\"", "\"cDA\"", "\"cDk5OTk5OQ\"", "\"cC0x\"", "7", "{}", $"\"{new string('A', 5000)}\"", "\"\\u0000\""])
        {
            var parameters = $$"""{"cursor":{{cursor}}}""";
            foreach (var request in (McpRequest[])[McpRequest.Modern(method, parameters), McpRequest.Legacy(method, parameters).Header("Mcp-Session-Id", session)])
            {
                var answer = await Http.PostAsync(request);
                answer.Code.ShouldBe(-32602, cursor);
                answer.ErrorText.ShouldContain("'cursor' is not one this server gave");
            }
        }
    }

    [Theory]
    [InlineData("""{"$ref":"https://example.com/schema.json"}""")]
    [InlineData("""{"$ref":"file:///etc/passwd"}""")]
    [InlineData("""{"$ref":"other.json"}""")]
    public void X5_schemas_never_reach_out(string schema)
    {
        using var document = JsonDocument.Parse(schema);
        Should.Throw<JsonSchemaException>(() => JsonSchema.Compile(document.RootElement));
    }

    [Fact]
    public async Task D1_discover_says_versions_capabilities_and_instructions()
    {
        var result = (await Http.PostAsync(McpRequest.Modern("server/discover"))).Result;
        result["supportedVersions"]!.AsArray().Select(v => (string)v!).First().ShouldBe("2026-07-28");
        result["capabilities"]!.AsObject().Select(c => c.Key).ShouldBe(["tools", "prompts", "resources", "completions", "logging"], ignoreOrder: true);
        ((string?)result["instructions"]).ShouldNotBeNullOrWhiteSpace();
    }

    // D2 is for servers without the handshake. This one has it, so an older client is never turned away, and told the newest version with it.
    [Theory]
    [InlineData("2026-07-28", "2025-11-25")]
    [InlineData("1999-01-01", "2025-11-25")]
    [InlineData("2025-06-18", "2025-06-18")]
    public async Task D2_initialize_is_served_with_a_version_that_has_it(string asked, string given) =>
        ((string)(await Http.PostAsync(McpRequest.Legacy("initialize", McpHttp.Handshake(asked)))).Result["protocolVersion"]!).ShouldBe(given);

    [Theory]
    [InlineData("""{"extensions":{"io.modelcontextprotocol/tasks":{}}}""")]
    [InlineData("""{"extensions":{"com.example/unknown":{"x":1}},"experimental":{"y":{}}}""")]
    public async Task V1_extensions_this_server_does_not_have_fall_back_to_the_core(string capabilities)
    {
        ((string)(await Http.CallAsync("t_echo", "{}", capabilities)).Result["resultType"]!).ShouldBe("complete");
        (await Http.PostAsync(McpRequest.Modern("tasks/get", """{"taskId":"x"}""", capabilities))).ShouldFail(404, -32601);
        (await Http.PostAsync(McpRequest.Modern("server/discover"))).Result["capabilities"]!.AsObject().ContainsKey("extensions").ShouldBeFalse();
    }

    private sealed class Named(string name = "named_by_the_test") : TestTool(name)
    {
        public override ValueTask<ToolResult> CallAsync(ToolCall call) => new(ToolResult.Text("x"));
    }
}
