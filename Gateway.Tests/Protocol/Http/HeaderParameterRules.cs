using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Http;

/// <summary>Rules M9 and M10: parameters that a client repeats in headers.</summary>
[Collection(SharedGateway.Name)]
public sealed class HeaderParameterRules(TestGateway gateway)
{
    private McpHttp Http => gateway.Http;

    [Fact]
    public async Task M9_headers_that_repeat_the_values_are_accepted()
    {
        var request = McpRequest.Call("t_headers", """{"shard":42,"dry":true,"where":{"region":"eu"}}""")
            .Header("Mcp-Param-Shard", "42").Header("Mcp-Param-Dry", "true").Header("mcp-param-region", "=?base64?ZXU=?=");
        (await Http.PostAsync(request)).ToolText.ShouldBe("ok");
    }

    [Theory]
    [InlineData("""{"shard":42}""")]
    [InlineData("""{"dry":false}""")]
    [InlineData("""{"where":{"region":""}}""")]
    public async Task M9_a_value_without_its_header_is_refused(string arguments) =>
        (await Http.PostAsync(McpRequest.Call("t_headers", arguments))).ShouldFail(400, -32020);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"where":{}}""")]
    [InlineData("""{"where":{"region":null}}""")]
    public async Task M9_no_header_is_expected_for_what_is_null_or_absent(string arguments) =>
        (await Http.PostAsync(McpRequest.Call("t_headers", arguments))).ToolText.ShouldBe("ok");

    [Fact]
    public async Task M9_arguments_that_are_absent_altogether_need_no_header() =>
        (await Http.PostAsync(McpRequest.Modern("tools/call", """{"name":"t_headers"}"""))).ToolText.ShouldBe("ok");

    [Theory]
    [InlineData("Shard", "{}", "42")]
    [InlineData("Region", """{"where":{"region":null}}""", "eu")]
    [InlineData("Region", """{"where":7}""", "eu")]
    public async Task M9_a_header_for_a_value_that_is_not_there_is_refused(string name, string arguments, string value) =>
        (await Http.PostAsync(McpRequest.Call("t_headers", arguments).Header($"Mcp-Param-{name}", value))).ShouldFail(400, -32020);

    [Theory]
    [InlineData("Region", """{"where":{"region":"eu"}}""", "us")]
    [InlineData("Region", """{"where":{"region":"eu"}}""", "EU")]
    [InlineData("Region", """{"where":{"region":"eu"}}""", "")]
    [InlineData("Dry", """{"dry":true}""", "True")]
    [InlineData("Dry", """{"dry":true}""", "1")]
    [InlineData("Dry", """{"dry":false}""", "true")]
    [InlineData("Shard", """{"shard":42}""", "43")]
    [InlineData("Shard", """{"shard":42}""", "forty-two")]
    [InlineData("Shard", """{"shard":{"a":1}}""", "1")]
    public async Task M9_a_header_that_says_something_else_is_refused(string name, string arguments, string value) =>
        (await Http.PostAsync(McpRequest.Call("t_headers", arguments).Header($"Mcp-Param-{name}", value))).ShouldFail(400, -32020);

    [Theory]
    [InlineData("e\u0001u")]
    [InlineData("e\u00fc")]
    [InlineData("e\u007f")]
    public async Task M9_invalid_characters_are_refused(string value)
    {
        var body = McpRequest.Call("t_headers", """{"where":{"region":"eu"}}""").Body.ToJsonString();
        var head = RawHttp.Head($"MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: t_headers\r\nMcp-Param-Region: {value}\r\n", body.Length);
        (await RawHttp.ExchangeAsync(gateway.Port, System.Text.Encoding.UTF8.GetBytes(head + body))).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData("42", "42.0")]
    [InlineData("42", "42")]
    [InlineData("42.0", "42")]
    [InlineData("-0", "0")]
    [InlineData("1000", "1e3")]
    [InlineData("9007199254740993", "9007199254740993")]
    [InlineData("123456789012345678901234567890123456", "123456789012345678901234567890123456")]
    public async Task M10_integers_are_compared_as_numbers(string inBody, string inHeader) =>
        (await Http.PostAsync(McpRequest.Call("t_headers", $$"""{"shard":{{inBody}}}""").Header("Mcp-Param-Shard", inHeader))).ToolText.ShouldBe("ok");

    [Theory]
    [InlineData("9007199254740993", "9007199254740992")]
    [InlineData("42", "42.5")]
    [InlineData("42", "0x2a")]
    [InlineData("42", "4 2")]
    [InlineData("123456789012345678901234567890123456", "123456789012345678901234567890123457")]
    public async Task M10_different_integers_are_different(string inBody, string inHeader) =>
        (await Http.PostAsync(McpRequest.Call("t_headers", $$"""{"shard":{{inBody}}}""").Header("Mcp-Param-Shard", inHeader))).ShouldFail(400, -32020);
}
