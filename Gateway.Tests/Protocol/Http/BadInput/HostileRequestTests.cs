using System.Text;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Http.BadInput;

/// <summary>No host, path, header or body makes the gateway fail: the answer is never 5xx, and nothing is logged as an error.</summary>
public sealed class HostileRequestTests : IAsyncLifetime
{
    private readonly TestGateway _gateway = new();

    private static readonly string[] Hosts =
    [
        "xn--a-", "xn--localhost-", "xn--", "xn--\u00fc", "xn--a-.example", "a.xn--a-:80", "localhost:", "localhost:x", "localhost:99999", "localhost:-1", "localhost:080",
        "[", "[]", "[::1", "::1", "[::1]x", "[::1]:", "[fe80::1%25eth0]", "[v1.x]", ".", "..", "-", "_", "a..b", "%", "%00", "localhost%00", "localhost@evil.example", "a b", "a/b",
        "a\\b", "a?b", "a#b", "*", "*.corp", "localhost,evil.example", "\u00e9", "\ud83d\ude00", "0", "0x7f.1", "2130706433", "127.1", new string('a', 300), new string('a', 4_000), "",
    ];

    private static readonly string[] Paths =
    [
        "/%", "/%zz", "/%00", "/mcp%00", "/%c0%af", "/%ff", "/%u0041", "/..", "/../../etc/passwd", "/%2e%2e/%2e%2e", "//evil.example/mcp", "/mcp/../mcp", "/mcp;x", "/mcp//", "/MCP",
        "/message?session_id=%", "/message?session_id=%00", "/message?%", "/api/v1/vaults/%00", "/api/v1/vaults/%2e%2e", "/api/v1/vaults/xn--a-/events", "/api/v1/vaults/",
        "/health/%2e%2e/mcp", "/health?xn--a-", "/%1b%5b31m", "/%0d%0aX:%20y", "*", "mcp", "?", "http://xn--a-/mcp", "http://[::1", "/" + new string('a', 7_000),
    ];

    private static readonly (string Name, string Value)[] Headers =
    [
        .. ((string[])["Origin", "Accept", "Content-Type", "Content-Encoding", "MCP-Protocol-Version", "Mcp-Session-Id", "Mcp-Method", "Mcp-Name", "Last-Event-ID", "Authorization", "X-API-Key",
                "X-Forwarded-Prefix", "X-Forwarded-Host", "Forwarded", "Idempotency-Key", "instana-base-url", "Expect", "Transfer-Encoding", "Range", "If-Match", "Cookie", "Upgrade"])
            .SelectMany(_ => (string[])["", "xn--a-", "%00", "=?base64?AA?=", "=?base64?/w==?=", "\u00e9", new string('a', 9_000), "a,b;c=\"d", "\t", "http://xn--a-", "//evil.example"],
                (name, value) => (name, value)),
    ];

    private static readonly string[] Bodies =
    [
        "", " ", "{", "[", "null", "1", "\"x\"", "[[]]", "{}", "{\"jsonrpc\":\"2.0\"}", "\u0000", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\\ud800\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":\"\\ud800\",\"method\":\"ping\"}", "{\"jsonrpc\":\"2.0\",\"id\":1e400,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"x\",\"capabilities\":[],\"clientInfo\":{\"name\":\"\\ud800\",\"version\":1}}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"init_vault\",\"arguments\":{\"vault_path\":\"\\ud800\"}}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/read\",\"params\":{\"uri\":\"vault://xn--a-/%ff\"}}",
        "{\"name\":\"\\ud800\"}", "{\"name\":\"\\u0000\"}", "{\"subject\":\"s\",\"value\":1e999}", "{\"subject\":\"\\udc00\",\"value\":\"\\ud800\"}",
        new string('[', 5_000), new string(' ', 100_000) + "{}", "{\"a\":" + new string('1', 50_000) + "}",
    ];

    public Task InitializeAsync() => _gateway.InitializeAsync();

    public Task DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task No_host_fails_the_gateway()
    {
        foreach (var host in Hosts)
        {
            foreach (var target in (string[])["/mcp", "/health/ready", "/", "/message", "/api/v1/vaults/x", "/nope"])
                await SendAsync($"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            await SendAsync($"POST /mcp HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}");
        }
        Nothing();
    }

    [Fact]
    public async Task No_path_fails_the_gateway()
    {
        foreach (var path in Paths)
        {
            foreach (var method in (string[])["GET", "POST", "HEAD", "OPTIONS", "DELETE", "BREW"])
                await SendAsync($"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}");
        }
        Nothing();
    }

    [Fact]
    public async Task No_header_fails_the_gateway()
    {
        foreach (var (name, value) in Headers)
        {
            await SendAsync($"POST /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n{name}: {value}\r\nContent-Length: 2\r\n\r\n{{}}");
            await SendAsync($"GET /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{name}: {value}\r\n\r\n");
        }
        Nothing();
    }

    [Fact]
    public async Task No_body_fails_the_gateway()
    {
        foreach (var body in Bodies)
        {
            var bytes = Encoding.UTF8.GetByteCount(body);
            foreach (var target in (string[])["/mcp", "/message", "/api/v1/vaults/create", "/api/v1/vaults/9b3c1f4e-0000-0000-0000-000000000000/events"])
            {
                await SendAsync(
                    $"POST {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nMCP-Protocol-Version: 2025-06-18\r\nContent-Length: {bytes}\r\n\r\n{body}");
            }
        }
        Nothing();
    }

    private async Task SendAsync(string request)
    {
        var (status, text) = await RawHttp.ExchangeAsync(_gateway.Port, Encoding.UTF8.GetBytes(request));
        status.ShouldBeInRange(200, 499, $"{request[..Math.Min(request.Length, 200)]} -> {text}");
    }

    private void Nothing() => _gateway.Logs.Errors.ShouldBeEmpty();
}
