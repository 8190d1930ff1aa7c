using System.Text;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Http.BadInput;

/// <summary>Bodies no client should send: each gets the protocol's own error, and the gateway goes on.</summary>
[Collection(SharedGateway.Name)]
[Trait("Kind", "Hostile")]
public sealed class BodyTests(TestGateway gateway) : IAsyncLifetime
{
    private const int Limit = 4 * 1024 * 1024;

    private int _errors;

    private McpHttp Http => gateway.Http;

    public Task InitializeAsync()
    {
        _errors = gateway.Logs.Errors.Count();
        return Task.CompletedTask;
    }

    /// <summary>Whatever a test sent: nothing was logged as a defect, and the next request is served.</summary>
    public async Task DisposeAsync()
    {
        gateway.Logs.Errors.Skip(_errors).ShouldBeEmpty();
        (await Http.CallAsync("t_echo", """{"text":"still here"}""")).ToolText.ShouldBe("still here");
    }

    [Theory]
    [InlineData("", -32700)]
    [InlineData(" \r\n\t", -32700)]
    [InlineData("{", -32700)]
    [InlineData("}", -32700)]
    [InlineData("nul", -32700)]
    [InlineData("\u0000", -32700)]
    [InlineData("\ufeff{}", -32700)]
    [InlineData("{'jsonrpc':'2.0'}", -32700)]
    [InlineData("{\"jsonrpc\":\"2.0\",}", -32700)]
    [InlineData("{\"jsonrpc\":\"2.0\"} x", -32700)]
    [InlineData("{\"jsonrpc\":\"2.0\"}{}", -32700)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":01,\"method\":\"ping\"}", -32700)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":NaN,\"method\":\"ping\"}", -32700)]
    [InlineData("// comment\n{}", -32700)]
    [InlineData("{\"a\u0001\":1}", -32700)]
    [InlineData("null", -32600)]
    [InlineData("7", -32600)]
    [InlineData("\"x\"", -32600)]
    [InlineData("true", -32600)]
    [InlineData("{}", -32600)]
    [InlineData("{\"jsonrpc\":\"2.0\"}", -32600)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1}", -32600)]
    [InlineData("{\"jsonrpc\":2.0,\"id\":1,\"method\":\"ping\"}", -32600)]
    [InlineData("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}", -32600)]
    [InlineData("{\"id\":1,\"method\":\"ping\"}", -32600)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}", -32600)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":null}", -32600)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":[]}", -32600)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":\"x\"}", -32600)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":null}", -32600)]
    public async Task Malformed_messages(string body, int code) => (await Http.PostAsync(McpRequest.Raw(body))).ShouldFail(400, code);

    // Found by the mutations: what came after a first problem was read from the wrong place.
    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":true,"method":"ping","params":[null]}""")]
    [InlineData("""{"jsonrpc":"2.0","params":[],"id":1,"method":"ping"}""")]
    [InlineData("""{"jsonrpc":"2.0","params":7,"id":{"a":[1]},"method":"ping"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":null,"params":{"method":"tools/list","id":2,"jsonrpc":"2.0"},"method":"ping"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","params":{"name":"a","name":"b","_meta":[null]}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"progressToken":null,"io.modelcontextprotocol/protocolVersion":[1]},"_meta":7}}""")]
    public async Task Several_problems_in_one_message(string body)
    {
        foreach (var sent in (string[])[body, $"[{body}]"])
        {
            var answer = await Http.PostAsync(McpRequest.Raw(sent).Header("Mcp-Session-Id", await Http.InitializeAsync("2025-03-26")));
            answer.Text.ShouldContain("\"code\":-326");
            answer.Status.ShouldBe(sent == body ? 400 : 200, answer.Text);
        }
    }

    [Theory]
    [InlineData("jsonrpc", "\"2.0\"")]
    [InlineData("id", "1")]
    [InlineData("method", "\"tools/list\"")]
    [InlineData("params", "{}")]
    [InlineData("meth\\u006fd", "\"tools/list\"")]
    public async Task Duplicate_members_of_the_message(string name, string value)
    {
        var body = McpRequest.Modern("tools/list").Body.ToJsonString();
        (await Http.PostAsync(McpRequest.Modern("tools/list").Text($"{body[..^1]},\"{name}\":{value}}}"))).ShouldFail(400, -32600);
    }

    [Theory]
    [InlineData("\"name\":\"t_sum\"")]
    [InlineData("\"arguments\":{}")]
    [InlineData("\"n\\u0061me\":\"t_sum\"")]
    [InlineData("\"_meta\":{}")]
    [InlineData("\"requestState\":\"a\",\"requestState\":\"b\"")]
    [InlineData("\"inputResponses\":{},\"inputResponses\":{}")]
    public async Task Duplicate_members_of_params(string more)
    {
        var request = McpRequest.Call("t_echo");
        (await Http.PostAsync(request.Text(request.Body.ToJsonString().Replace("\"params\":{", "\"params\":{" + more + ",", StringComparison.Ordinal)))).ShouldFail(400, -32600);
    }

    [Theory]
    [InlineData(McpRequest.Version, "\"2025-11-25\"")]
    [InlineData(McpRequest.Capabilities, "{}")]
    [InlineData("io.modelcontextprotocol/clientInfo", "{}")]
    public async Task Duplicate_members_of_meta(string name, string value)
    {
        var request = McpRequest.Call("t_echo");
        (await Http.PostAsync(request.Text(request.Body.ToJsonString().Replace("\"_meta\":{", $"\"_meta\":{{\"{name}\":{value},", StringComparison.Ordinal)))).ShouldFail(400, -32600);
    }

    [Fact]
    public async Task Unknown_members_are_ignored()
    {
        var request = McpRequest.Call("t_echo", """{"text":"x"}""").With(r =>
        {
            r.Body["extra"] = new System.Text.Json.Nodes.JsonArray(1, "x");
            r.Params["task"] = "later";
            r.Meta["com.example/y"] = 7;
        });
        (await Http.PostAsync(request)).ToolText.ShouldBe("x");
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(1_000, false)]
    [InlineData(1_000_000, false)]
    public async Task Nesting(int levels, bool allowed)
    {
        // The message, params and arguments are three of the levels.
        var deep = new string('[', levels - 3) + new string(']', levels - 3);
        var request = McpRequest.Call("t_echo");
        var answer = await Http.PostAsync(request.Text(request.Body.ToJsonString().Replace("\"arguments\":{}", $"\"arguments\":{{\"x\":{deep}}}", StringComparison.Ordinal)));
        if (allowed)
            answer.ShouldSucceed();
        else
            answer.ShouldFail(400, -32700);
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("1e-400")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("1e999999999")]
    public async Task Huge_numbers(string number)
    {
        var answer = await Http.PostAsync(McpRequest.Call("t_echo").With(_ => { }).Text(
            McpRequest.Call("t_echo").Body.ToJsonString().Replace("\"arguments\":{}", $"\"arguments\":{{\"count\":{number},\"x\":{number}}}", StringComparison.Ordinal)));
        answer.ShouldSucceed();
    }

    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { 0xc0, 0xaf })]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })]
    [InlineData(new byte[] { 0xf4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xe2, 0x82 })]
    public async Task Invalid_utf8(byte[] bytes)
    {
        byte[] body = [.. "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"x\":\""u8, .. bytes, .. "\"}}"u8];
        (await Http.PostAsync(McpRequest.Raw(body))).ShouldFail(400, -32700);
    }

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("\\udc00")]
    [InlineData("\\ud800\\ud800")]
    [InlineData("\\ud800x")]
    [InlineData("\\udc00\\ud800")]
    [InlineData("\\\\\\ud83d")]
    public async Task Lone_surrogates(string text)
    {
        foreach (var template in (string[])["{\"method\":\"@\"}", "{\"id\":\"@\"}", "{\"@\":1}", "{\"params\":{\"name\":\"@\"}}", "{\"params\":{\"a\":{\"b\":[\"@\"]}}}", "{\"params\":{\"_meta\":{\"@\":1}}}"])
            (await Http.PostAsync(McpRequest.Raw(template.Replace("@", text, StringComparison.Ordinal)))).ShouldFail(400, -32700);
    }

    [Fact]
    public async Task Escaped_pairs_and_nul_are_text()
    {
        var request = McpRequest.Call("t_echo");
        var body = request.Body.ToJsonString().Replace("\"arguments\":{}", "\"arguments\":{\"text\":\"\\ud83d\\ude00\\u0000\"}", StringComparison.Ordinal);
        (await Http.PostAsync(request.Text(body))).ToolText.ShouldBe("\ud83d\ude00\u0000");
    }

    [Fact]
    public async Task Nul_in_names()
    {
        (await Http.PostAsync(McpRequest.Modern("tools/call\0").Header("Mcp-Method", "tools/call"))).ShouldFail(400, -32020);
        (await Http.PostAsync(McpRequest.Call("t_echo", """{"te\u0000xt":1}"""))).ShouldSucceed();
        (await Http.PostAsync(McpRequest.Legacy("tools/call", """{"name":"t_echo\u0000"}""", await Http.InitializeAsync()))).Code.ShouldBe(-32602);
    }

    [Fact]
    public async Task Long_texts_are_refused_by_who_reads_them()
    {
        (await Http.CallAsync("t_echo", $$"""{"text":"{{new string('x', 100_001)}}"}""")).IsToolError.ShouldBeTrue();
        (await Http.PostAsync(McpRequest.Legacy(new string('m', 100_000), "{}", await Http.InitializeAsync()))).Code.ShouldBe(-32601);
        (await Http.PostAsync(McpRequest.Legacy("ping").Id(new string('i', 1_024)))).ShouldFail(400, -32600);
    }

    [Theory]
    [InlineData(Limit, true)]
    [InlineData(Limit + 1, false)]
    public async Task Size_with_content_length(int size, bool allowed)
    {
        // The gateway refuses by the length, and a client that waits for its word has sent nothing by then.
        var request = McpRequest.Modern("server/discover").Header("Expect", "100-continue");
        var body = request.ToBytes();
        var answer = await Http.PostAsync(request.Bytes([.. body, .. Enumerable.Repeat((byte)' ', size - body.Length)]));
        if (allowed)
            answer.ShouldSucceed();
        else
            answer.ShouldFail(413, -32600);
    }

    [Theory]
    [InlineData(0, 200)]
    [InlineData(Limit, 413)]
    public async Task Size_without_content_length(int padding, int status)
    {
        using var raw = await RawHttp.ConnectAsync(gateway.Port);
        var body = McpRequest.Modern("server/discover").ToBytes();
        await raw.SendAsync(RawHttp.Head("Transfer-Encoding: chunked\r\nMCP-Protocol-Version: 2026-07-28\r\nMcp-Method: server/discover\r\n", null));
        try
        {
            await raw.SendAsync([.. Encoding.ASCII.GetBytes($"{body.Length:x}\r\n"), .. body, .. "\r\n"u8]);
            for (var sent = 0; sent < padding; sent += 65_536)
                await raw.SendAsync($"10000\r\n{new string(' ', 65_536)}\r\n");
            await raw.SendAsync("0\r\n\r\n");
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The gateway does not read on what it refused.
        }
        (await raw.ReadAsync()).Status.ShouldBe(status);
    }
}
