using System.Text;
using System.Text.Json;
using Granary.Gateway.Schemas;
using Granary.Gateway.Tests.Protocol.Messages;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Http;

/// <summary>Rules M1 to M8: version, method and name in the headers.</summary>
[Collection(SharedGateway.Name)]
[Trait("Kind", "Hostile")]
public sealed class HeaderRuleTests(TestGateway gateway)
{
    private McpHttp Http => gateway.Http;

    private static McpRequest Echo() => McpRequest.Call("t_echo", """{"text":"x"}""");

    [Theory]
    [InlineData(null)]
    [InlineData("2025-11-25")]
    public async Task M1_version_header_missing_or_other_than_the_body_is_refused(string? header)
    {
        var request = header is null ? Echo().Without("MCP-Protocol-Version") : Echo().Header("MCP-Protocol-Version", header);
        (await Http.PostAsync(request)).ShouldFail(400, -32020);
    }

    [Fact]
    public async Task M1_version_header_twice_is_refused()
    {
        var body = Echo().Body.ToJsonString();
        var head = RawHttp.Head("MCP-Protocol-Version: 2026-07-28\r\nMCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: t_echo\r\n", body.Length);
        var (status, text) = await RawHttp.ExchangeAsync(gateway.Port, head + body);
        status.ShouldBe(400);
        text.ShouldContain("-32020");
    }

    [Theory]
    [InlineData("2099-01-01")]
    [InlineData("banana")]
    public async Task M2_a_version_that_is_not_implemented_is_refused_with_those_that_are(string version)
    {
        var answer = await Http.PostAsync(Echo().Header("MCP-Protocol-Version", version).With(r => r.Meta[McpRequest.Version] = version));
        answer.ShouldFail(400, -32022);
        var data = answer.Message["error"]!["data"]!;
        data["supported"]!.AsArray().Select(v => (string)v!).ShouldBe(["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]);
        ((string)data["requested"]!).ShouldBe(version);
    }

    [Fact]
    public async Task M3_without_header_meta_and_session_the_answer_names_the_versions_where_that_is_switched_off()
    {
        var own = await TestGateway.StartAsync(o => o with { AllowOneShot = false });
        var answer = await own.Http.PostAsync(McpRequest.Legacy("tools/list"));
        answer.ShouldFail(400, -32600);
        answer.ErrorText.ShouldContain("2026-07-28");
        answer.ErrorText.ShouldContain("2025-03-26");
        await own.DisposeAsync();
    }

    [Fact]
    public async Task M3_one_shot_clients_are_served_as_2025_03_26() =>
        (await Http.PostAsync(McpRequest.Legacy("tools/call", """{"name":"t_whoami"}"""))).ToolText.ShouldBe("default/anyone/2025-03-26/");

    [Theory]
    [InlineData("no/such")]
    [InlineData("initialize")]
    [InlineData("ping")]
    [InlineData("logging/setLevel")]
    [InlineData("resources/subscribe")]
    [InlineData("resources/unsubscribe")]
    [InlineData("tasks/get")]
    [InlineData("roots/list")]
    [InlineData("Tools/List")]
    [InlineData("notifications/initialized")]
    [InlineData("rpc.discover")]
    public async Task M4_methods_that_are_not_implemented_are_404(string method) => (await Http.PostAsync(McpRequest.Modern(method))).ShouldFail(404, -32601);

    [Fact]
    public async Task M5_method_header_is_required_on_every_request()
    {
        foreach (var request in BodyRules.EveryMethod())
            (await Http.PostAsync(request.Without("Mcp-Method"))).ShouldFail(400, -32020);
        (await Http.PostAsync(McpRequest.Modern("subscriptions/listen", """{"notifications":{}}""").Without("Mcp-Method"))).ShouldFail(400, -32020);
    }

    [Theory]
    [InlineData("tools/call", """{"name":"t_echo","arguments":{}}""")]
    [InlineData("prompts/get", """{"name":"p_hello","arguments":{"name":"x"}}""")]
    [InlineData("resources/read", """{"uri":"note://mine"}""")]
    public async Task M5_name_header_is_required_where_there_is_a_name(string method, string parameters)
    {
        (await Http.PostAsync(McpRequest.Modern(method, parameters))).ShouldSucceed();
        (await Http.PostAsync(McpRequest.Modern(method, parameters).Without("Mcp-Name"))).ShouldFail(400, -32020);
    }

    [Theory]
    [InlineData("Mcp-Method", "tools/list")]
    [InlineData("Mcp-Method", "")]
    [InlineData("Mcp-Method", "tools/call, tools/call")]
    [InlineData("Mcp-Name", "t_sum")]
    [InlineData("Mcp-Name", "")]
    [InlineData("Mcp-Name", "t_ech\u00f6")]
    [InlineData("Mcp-Method", "tools/call\u00e9")]
    public async Task M6_a_header_that_says_other_than_the_body_is_refused_in_json(string header, string value)
    {
        var request = Echo().Header(header, value);
        var head = string.Concat(request.Headers.Where(h => h.Key.StartsWith("Mcp", StringComparison.OrdinalIgnoreCase)).Select(h => $"{h.Key}: {h.Value[0]}\r\n"));
        var body = request.Body.ToJsonString();
        var (status, text) = await RawHttp.ExchangeAsync(gateway.Port, Encoding.UTF8.GetBytes(RawHttp.Head(head, body.Length) + body));
        status.ShouldBe(400);
        text.ShouldContain("\"code\":-32020");
        text.ShouldContain("application/json");
    }

    [Fact]
    public async Task M6_a_name_header_that_stands_twice_is_refused()
    {
        var body = Echo().Body.ToJsonString();
        var head = RawHttp.Head("MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: t_echo\r\nmcp-name: t_echo\r\n", body.Length);
        (await RawHttp.ExchangeAsync(gateway.Port, head + body)).Text.ShouldContain("-32020");
    }

    [Fact]
    public async Task M6_a_name_header_without_a_name_in_the_body_is_refused() =>
        (await Http.PostAsync(McpRequest.Modern("tools/call").Header("Mcp-Name", "t_echo"))).ShouldFail(400, -32020);

    [Fact]
    public async Task M7_header_names_have_no_case()
    {
        var request = Echo();
        foreach (var name in request.Headers.Keys.Where(k => k.StartsWith("Mcp", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            var value = request.Headers[name];
            request.Without(name).Header(name.ToUpperInvariant(), value);
        }
        (await Http.PostAsync(request)).ShouldSucceed();
    }

    [Theory]
    [InlineData("Mcp-Method", "Tools/Call")]
    [InlineData("Mcp-Name", "T_ECHO")]
    public async Task M7_header_values_have_case(string header, string value) => (await Http.PostAsync(Echo().Header(header, value))).ShouldFail(400, -32020);

    [Theory]
    [InlineData("note://\u00fcber")]
    [InlineData("note://mine")]
    [InlineData("note://\ud83d\ude00")]
    [InlineData("note:// =?base64?eA==?=")]
    public async Task M8_base64_values_are_decoded_before_they_are_compared(string uri)
    {
        var encoded = $"=?base64?{Convert.ToBase64String(Encoding.UTF8.GetBytes(uri))}?=";
        var answer = await Http.PostAsync(McpRequest.Modern("resources/read", JsonSerializer.Serialize(new { uri })).Header("Mcp-Name", encoded));
        answer.Status.ShouldBe(200, answer.Text);
    }

    [Theory]
    [InlineData("=?base64?bm90ZTovL21pbmV4?=")]
    [InlineData("=?BASE64?bm90ZTovL21pbmU=?=")]
    [InlineData("=?base64?bm90ZTovL21pbmU=")]
    [InlineData("=?base64?bm90ZTovL21pbmU?=")]
    [InlineData("=?base64?!!!!?=")]
    [InlineData("=?base64?/w==?=")]
    [InlineData("=?base64?bm90 ZTovL21pbmU=?=")]
    [InlineData("=?base64?=")]
    public async Task M8_what_does_not_decode_to_the_value_is_refused(string header) =>
        (await Http.PostAsync(McpRequest.Modern("resources/read", """{"uri":"note://mine"}""").Header("Mcp-Name", header))).ShouldFail(400, -32020);

    // M11 and M12 bind intermediaries. Granary is the endpoint: what it does not know it leaves alone, and hands on as it came.
    [Fact]
    public async Task M11_parameters_in_headers_that_no_tool_declares_are_left_untouched()
    {
        var answer = await Http.PostAsync(McpRequest.Call("t_whoami", """{"header":"Mcp-Param-Unknown"}""").Header("Mcp-Param-Unknown", "=?base64?eA==?="));
        answer.ToolText.ShouldEndWith("/=?base64?eA==?=");
    }

    // An older revision does not ask for these headers. Where they are sent they must be right all the same: a proxy may decide by them.
    [Fact]
    public async Task M12_headers_of_a_version_without_validation_decide_nothing_and_say_nothing_else()
    {
        var session = await Http.InitializeAsync();
        var request = McpRequest.Legacy("tools/call", """{"name":"t_write"}""", session, "2025-11-25");
        (await Http.PostAsync(request.Header("Mcp-Name", "t_read").Header("Mcp-Method", "tools/list"))).ShouldFail(400, -32600);
        (await Http.PostAsync(request.Header("Mcp-Name", "t_write").Header("Mcp-Method", "tools/call"))).ToolText.ShouldBe("written");
        (await Http.PostAsync(request.Without("Mcp-Name").Without("Mcp-Method"))).ToolText.ShouldBe("written");
    }

    [Theory]
    [InlineData(""" "a":{"type":"string","x-mcp-header":""} """)]
    [InlineData(""" "a":{"type":"string","x-mcp-header":"has space"} """)]
    [InlineData(""" "a":{"type":"string","x-mcp-header":7} """)]
    [InlineData(""" "a":{"type":"string","x-mcp-header":"A"},"b":{"type":"string","x-mcp-header":"a"} """)]
    [InlineData(""" "a":{"type":"number","x-mcp-header":"A"} """)]
    [InlineData(""" "a":{"type":"object","x-mcp-header":"A"} """)]
    [InlineData(""" "a":{"type":"array","items":{"type":"string","x-mcp-header":"A"}} """)]
    [InlineData(""" "a":{"oneOf":[{"type":"string","x-mcp-header":"A"}]} """)]
    public void M13_annotations_that_break_the_rule_are_refused_at_start(string properties)
    {
        using var schema = JsonDocument.Parse($$$"""{"type":"object","properties":{{{{properties}}}}}""");
        Should.Throw<JsonSchemaException>(() => McpHeaderParameters.Read(schema.RootElement));
    }
}
