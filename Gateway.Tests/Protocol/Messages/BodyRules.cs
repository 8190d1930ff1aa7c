using System.Text.Json.Nodes;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Messages;

/// <summary>Rules B1 to B10: what stands in a request's body, and in every answer.</summary>
[Collection(SharedGateway.Name)]
[Trait("Kind", "Hostile")]
public sealed class BodyRules(TestGateway gateway)
{
    private const string ServerInfo = "io.modelcontextprotocol/serverInfo";

    private McpHttp Http => gateway.Http;

    /// <summary>One good request of every modern method.</summary>
    internal static IEnumerable<McpRequest> EveryMethod() =>
    [
        McpRequest.Modern("server/discover"),
        McpRequest.Modern("tools/list"),
        McpRequest.Call("t_echo", """{"text":"x"}"""),
        McpRequest.Call("t_sum", """{"a":1,"b":2}"""),
        McpRequest.Call("t_throw", """{"kind":"mcp"}"""),
        McpRequest.Call("t_ask", "{}", """{"elicitation":{}}"""),
        McpRequest.Modern("prompts/list"),
        McpRequest.Modern("prompts/get", """{"name":"p_hello","arguments":{"name":"x"}}"""),
        McpRequest.Modern("resources/list"),
        McpRequest.Modern("resources/templates/list"),
        McpRequest.Modern("resources/read", """{"uri":"note://mine"}"""),
        McpRequest.Modern("completion/complete", """{"ref":{"type":"ref/prompt","name":"p_hello"},"argument":{"name":"name","value":"a"}}"""),
    ];

    [Theory]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"server/discover"}]""")]
    [InlineData("[]")]
    [InlineData(" \r\n\t[1]")]
    public async Task B1_batches_are_refused(string body) =>
        (await Http.PostAsync(McpRequest.Modern("server/discover").Text(body))).ShouldFail(400, -32600);

    [Theory]
    [InlineData(""" "result":{} """)]
    [InlineData(""" "error":{"code":1,"message":"x"} """)]
    public async Task B1_responses_are_refused(string member) =>
        (await Http.PostAsync(McpRequest.Modern("x").Text($$"""{"jsonrpc":"2.0","id":1,{{member}}}"""))).ShouldFail(400, -32600);

    [Fact]
    public async Task B2_an_accepted_notification_is_202_without_a_body()
    {
        var answer = await Http.PostAsync(Notification("notifications/cancelled", """{"requestId":1}"""));
        answer.Status.ShouldBe(202);
        answer.Text.ShouldBeEmpty();
        answer.MediaType.ShouldBeNull();
    }

    [Theory]
    [InlineData("tools/list")]
    [InlineData("")]
    public async Task B2_what_is_no_notification_is_refused(string method) =>
        (await Http.PostAsync(Notification(method, "{}"))).ShouldFail(400, -32600);

    [Fact]
    public async Task B2_a_notification_of_a_version_nobody_speaks_is_refused() =>
        (await Http.PostAsync(Notification("notifications/cancelled", """{"requestId":1}""").With(r => r.Params.Remove("_meta")).Header("MCP-Protocol-Version", "2099-01-01")))
            .ShouldFail(400, -32022);

    [Fact]
    public async Task B2_a_notification_whose_headers_lie_is_refused() =>
        (await Http.PostAsync(Notification("notifications/cancelled", """{"requestId":1}""").Header("Mcp-Method", "tools/call"))).ShouldFail(400, -32020);

    [Theory]
    [InlineData("application/json, text/event-stream", "application/json")]
    [InlineData("text/event-stream, application/json;q=0.1", "application/json")]
    [InlineData("application/json", "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("text/event-stream", "text/event-stream")]
    public async Task B3_answers_are_json_or_an_event_stream(string accept, string type)
    {
        var answer = await Http.PostAsync(McpRequest.Modern("server/discover").Header("Accept", accept));
        answer.ShouldSucceed();
        answer.MediaType.ShouldBe(type);
    }

    [Fact]
    public async Task B3_a_stream_is_used_only_where_something_is_sent_before_the_response()
    {
        (await Http.CallAsync("t_echo")).MediaType.ShouldBe("application/json");
        var streamed = await Http.PostAsync(McpRequest.Call("t_progress", """{"values":[1]}""").With(r => r.Meta["progressToken"] = "p"));
        streamed.MediaType.ShouldBe("text/event-stream");
    }

    [Fact]
    public async Task B3_a_client_that_accepts_json_only_gets_the_result_without_the_notifications()
    {
        var request = McpRequest.Call("t_progress", """{"values":[1]}""").With(r => r.Meta["progressToken"] = "p").Header("Accept", "application/json");
        (await Http.PostAsync(request)).ToolText.ShouldBe("arrived");
    }

    [Fact]
    public async Task B3_a_client_that_accepts_neither_is_refused() =>
        (await Http.PostAsync(McpRequest.Modern("server/discover").Header("Accept", "text/html"))).ShouldFail(406, -32600);

    [Theory]
    [InlineData("1")]
    [InlineData("-7")]
    [InlineData("0")]
    [InlineData("9007199254740993")]
    [InlineData("99999999999999999999999")]
    [InlineData("\"\"")]
    [InlineData("\"a\\u0041\\n\\\"\"")]
    public async Task B4_ids_come_back_as_they_were(string id)
    {
        foreach (var method in (string[])["server/discover", "no/such", "tools/call"])
        {
            var request = McpRequest.Modern(method);
            var body = request.Body.ToJsonString().Replace("\"id\":1,", $"\"id\":{id},", StringComparison.Ordinal);
            var answer = await Http.PostAsync(request.Text(body));
            answer.Message["id"]!.ToJsonString().ShouldBe(JsonNode.Parse(id)!.ToJsonString());
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("1.5")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("123456789012345678901234567890123")]
    public async Task B4_ids_that_are_neither_string_nor_integer_are_refused(string id)
    {
        var request = McpRequest.Modern("server/discover");
        (await Http.PostAsync(request.Text(request.Body.ToJsonString().Replace("\"id\":1,", $"\"id\":{id},", StringComparison.Ordinal)))).ShouldFail(400, -32600);
    }

    [Fact]
    public async Task B5_every_result_says_its_type()
    {
        foreach (var request in EveryMethod())
        {
            var answer = await Http.PostAsync(request);
            answer.ShouldSucceed();
            ((string)answer.Result["resultType"]!).ShouldBe(answer.Text.Contains("inputRequests") ? "input_required" : "complete", answer.Text);
        }
    }

    [Theory]
    [InlineData(McpRequest.Version)]
    [InlineData(McpRequest.Capabilities)]
    public async Task B6_a_missing_required_meta_field_is_400_and_invalid_params(string field)
    {
        var answer = await Http.PostAsync(McpRequest.Modern("server/discover").With(r => r.Meta.Remove(field)));
        answer.ShouldFail(400, -32602);
        answer.ErrorText.ShouldContain(field);
        ((int)answer.Message["id"]!).ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"server/discover"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":null}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":[]}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":7}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":null}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":[]}}}""")]
    public async Task B6_meta_that_is_not_what_it_must_be_is_refused(string body) =>
        (await Http.PostAsync(McpRequest.Modern("server/discover").Text(body))).ShouldFail(400, -32602);

    [Theory]
    [InlineData("form", "elicitation")]
    [InlineData("url", "elicitation")]
    [InlineData("model", "sampling")]
    [InlineData("roots", "roots")]
    public async Task B7_a_capability_that_is_needed_and_not_declared_is_named(string what, string capability)
    {
        var answer = await Http.CallAsync("t_ask", $$"""{"what":"{{what}}"}""");
        answer.ShouldFail(400, -32021);
        answer.Message["error"]!["data"]!["requiredCapabilities"]!.AsObject().Select(c => c.Key).ShouldBe([capability]);
    }

    [Fact]
    public async Task B8_every_result_says_who_made_it()
    {
        foreach (var request in EveryMethod())
        {
            var answer = await Http.PostAsync(request);
            ((string?)answer.Result["_meta"]?[ServerInfo]?["name"]).ShouldBe("granary", answer.Text);
            ((string?)answer.Result["_meta"]?[ServerInfo]?["version"]).ShouldNotBeNullOrEmpty();
        }
    }

    [Theory]
    [InlineData("""{"name":"granary-admin","version":"1"}""")]
    [InlineData("""{"name":7}""")]
    [InlineData("null")]
    [InlineData("\"x\"")]
    public async Task B9_client_info_changes_nothing(string info)
    {
        var answer = await Http.PostAsync(McpRequest.Call("t_whoami").With(r => r.Meta["io.modelcontextprotocol/clientInfo"] = JsonNode.Parse(info)));
        answer.ToolText.ShouldBe("default/anyone/2026-07-28/");
    }

    [Fact]
    public async Task B10_only_defined_error_codes_are_used()
    {
        int[] defined = [-32700, -32600, -32601, -32602, -32603, -32020, -32021, -32022];
        foreach (var good in EveryMethod())
        {
            foreach (var bad in Wrongs(good))
            {
                var answer = await Http.PostAsync(bad);
                if (answer.Message.ContainsKey("error"))
                    defined.ShouldContain(answer.Code, answer.Text);
            }
        }
    }

    private static IEnumerable<McpRequest> Wrongs(McpRequest good)
    {
        var method = (string)good.Body["method"]!;
        yield return McpRequest.Modern(method);
        yield return McpRequest.Modern(method, """{"name":"no such","uri":"no:such","cursor":"no such","ref":{"type":"no such"},"arguments":[]}""");
        yield return McpRequest.Modern(method, """{"name":7,"uri":7,"cursor":7,"ref":7,"arguments":7,"requestState":"x","inputResponses":7}""");
        yield return McpRequest.Modern(method + "x");
    }

    private static McpRequest Notification(string method, string parameters) =>
        McpRequest.Modern(method, parameters).With(r => r.Body.Remove("id"));
}
