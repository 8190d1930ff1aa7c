using System.Text;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Http.BadInput;

/// <summary>HTTP no client should speak.</summary>
[Collection(SharedGateway.Name)]
[Trait("Kind", "Hostile")]
public sealed class HttpTests(TestGateway gateway) : IAsyncLifetime
{
    private int _errors;

    public Task InitializeAsync()
    {
        _errors = gateway.Logs.Errors.Count();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        gateway.Logs.Errors.Skip(_errors).ShouldBeEmpty();
        (await gateway.Http.CallAsync("t_echo", """{"text":"still here"}""")).ToolText.ShouldBe("still here");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/json-seq")]
    [InlineData("application/jsonx")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("application/json, text/plain")]
    [InlineData("x")]
    [InlineData(";")]
    public async Task Wrong_content_types_are_415(string? type)
    {
        var request = McpRequest.Modern("server/discover");
        (await gateway.Http.PostAsync(type is null ? request.Without("Content-Type") : request.Header("Content-Type", type))).ShouldFail(415, -32600);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("Application/JSON ; Charset=\"UTF-8\"")]
    [InlineData("application/json;charset=utf-8")]
    [InlineData("application/json; charset=utf-8; profile=x")]
    [InlineData("application/json; profile=x")]
    public async Task Right_content_types_in_every_spelling(string type) =>
        (await gateway.Http.PostAsync(McpRequest.Modern("server/discover").Header("Content-Type", type))).ShouldSucceed();

    [Fact]
    public async Task Utf16_bytes_are_no_json() =>
        (await gateway.Http.PostAsync(McpRequest.Modern("server/discover").Bytes(Encoding.Unicode.GetBytes("{\"jsonrpc\":\"2.0\"}")))).ShouldFail(400, -32700);

    [Fact]
    public async Task Compressed_bytes_are_no_json() =>
        (await gateway.Http.PostAsync(McpRequest.Modern("server/discover").Header("Content-Encoding", "gzip").Bytes([0x1f, 0x8b, 8, 0]))).ShouldFail(400, -32700);

    [Theory]
    [InlineData(101, 10)]
    [InlineData(5, 10_000)]
    [InlineData(1, 40_000)]
    public async Task Too_many_and_too_large_headers_are_431(int count, int size)
    {
        var headers = string.Concat(Enumerable.Range(0, count).Select(i => $"X-{i}: {new string('x', size)}\r\n"));
        (await RawHttp.ExchangeAsync(gateway.Port, RawHttp.Head(headers, 2) + "{}")).Status.ShouldBe(431);
    }

    [Theory]
    [InlineData("GARBAGE\r\n\r\n")]
    [InlineData("POST /mcp HTTP/1.1\r\n\r\n")]
    [InlineData("POST /mcp HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n")]
    [InlineData("POST /mcp HTTP/1.1\r\nHost: localhost\r\nX\0Y: 1\r\n\r\n")]
    [InlineData("POST /mcp HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n")]
    [InlineData("POST /mcp HTTP/1.1\r\nHost: localhost\r\nX : 1\r\n\r\n")]
    [InlineData("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n")]
    [InlineData("POST /mcp%00 HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("POST /mcp HTTP/1.1\r\nHost: local host\r\n\r\n")]
    [InlineData("\0\0\0\0\r\n\r\n")]
    public async Task Malformed_http_is_a_client_error(string request)
    {
        using var raw = await RawHttp.ConnectAsync(gateway.Port);
        await raw.SendAsync(request);
        (await raw.ReadAsync()).Status.ShouldBeInRange(400, 499);
    }

    [Theory]
    [InlineData("zz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("2\r\n{}xx0\r\n\r\n")]
    [InlineData("ffffffffffffffff\r\n{}")]
    public async Task Malformed_chunks_are_a_client_error(string body)
    {
        var (status, text) = await RawHttp.ExchangeAsync(gateway.Port, RawHttp.Head("Transfer-Encoding: chunked\r\n", null) + body);
        status.ShouldBe(400);
        text.ShouldContain("jsonrpc");
    }

    [Fact]
    public async Task A_body_that_comes_byte_by_byte_is_read_to_its_end()
    {
        var body = McpRequest.Modern("server/discover").ToBytes();
        using var raw = await RawHttp.ConnectAsync(gateway.Port);
        await raw.SendAsync(RawHttp.Head("MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: server/discover\r\n", body.Length));
        foreach (var b in body)
        {
            await raw.SendAsync([b]);
            await Task.Yield();
        }
        (await raw.ReadAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_body_that_never_comes_is_given_up()
    {
        using var raw = await RawHttp.ConnectAsync(gateway.Port);
        await raw.SendAsync(RawHttp.Head("", 1_000) + "{");
        (await raw.ReadAsync()).Status.ShouldBeInRange(400, 408);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_dies_in_its_body_is_no_defect_of_ours(bool chunked)
    {
        for (var i = 0; i < 10; i++)
        {
            using var raw = await RawHttp.ConnectAsync(gateway.Port);
            await raw.SendAsync(chunked ? RawHttp.Head("Transfer-Encoding: chunked\r\n", null) + "5\r\n{" : RawHttp.Head("", 1_000) + "{");
            if (i % 2 == 0)
                raw.Reset();
        }
        await Task.Delay(200);
    }

    [Theory]
    [InlineData("/message?session_id=%ff%fe")]
    [InlineData("/sse/../mcp")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/mcp?api_key=x&Authorization=Bearer%20x")]
    public async Task Odd_addresses_are_client_errors(string path) =>
        ((int)(await gateway.Http.GetAsync(path)).Response.StatusCode).ShouldBeInRange(400, 499);
}
