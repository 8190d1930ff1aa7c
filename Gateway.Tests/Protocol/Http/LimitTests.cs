using System.Text.Json.Nodes;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Http;

/// <summary>What one key, one tenant and one message may take of the gateway.</summary>
[Trait("Kind", "Hostile")]
public sealed class LimitTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-limits-").FullName;
    private readonly List<SseReader> _open = [];
    private TestGateway _gateway = null!;
    private string _one = "";
    private string _two = "";
    private string _three = "";
    private string _other = "";

    private McpHttp Http => _gateway.Http;

    public async Task InitializeAsync()
    {
        var keys = Path.Combine(_folder, "keys.json");
        (_one, _two, _three, _other) = (Keys.Add(keys, "acme", "*"), Keys.Add(keys, "acme", "*"), Keys.Add(keys, "acme", "*"), Keys.Add(keys, "globex", "*"));
        _gateway = await TestGateway.StartAsync(o => o with { ApiKeyFile = keys, MaxStreamsPerKey = 2, MaxStreamsPerTenant = 3 });
    }

    public async Task DisposeAsync()
    {
        foreach (var stream in _open)
            stream.Dispose();
        await _gateway.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("sse", "listen")]
    [InlineData("listen", "get")]
    [InlineData("get", "sse")]
    public async Task A_key_and_a_tenant_have_so_many_streams_of_all_kinds(string first, string second)
    {
        _open.Add(await OpenAsync(first, _one));
        var held = await OpenAsync(second, _one);
        foreach (var kind in (string[])["sse", "listen", "get"])
        {
            var refused = await RefusedAsync(kind, _one);
            refused.ShouldFail(429, -32600);
            refused.Header("Retry-After").ShouldNotBeNull();
        }
        _open.Add(await OpenAsync(first, _two));
        (await RefusedAsync("listen", _three)).ErrorText.ShouldContain("tenant");
        _open.Add(await OpenAsync(second, _other));
        _gateway.Logs.All.ShouldContain(l => l.Contains("Refused with 429: streams of the key; key " + _one.Split('_')[1], StringComparison.Ordinal));
        // A place is free again once its stream is closed.
        held.Dispose();
        for (var tries = 0; ; tries++)
        {
            var again = await Http.StartAsync(Listen(_three));
            if ((int)again.StatusCode == 200)
            {
                again.Dispose();
                return;
            }
            again.Dispose();
            tries.ShouldBeLessThan(500);
            await Task.Delay(10);
        }
    }

    [Fact]
    public async Task A_batch_has_an_answer_of_bounded_length_and_runs_nothing_that_it_does_not_answer()
    {
        var session = (await Http.PostAsync(McpRequest.Legacy("initialize", McpHttp.Handshake("2025-03-26")).Header("X-API-Key", _one))).Header("Mcp-Session-Id")!;
        var members = new JsonArray();
        for (var id = 0; id < 99; id++)
            members.Add(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = "tools/list" });
        members.Add(JsonNode.Parse("""{"jsonrpc":"2.0","id":99,"method":"tools/call","params":{"name":"init_vault","arguments":{"vault_path":"late"}}}"""));
        var answer = await Http.PostAsync(McpRequest.Raw(members.ToJsonString()).Header("Mcp-Session-Id", session).Header("X-API-Key", _one));
        answer.Status.ShouldBe(200);
        answer.Text.Length.ShouldBeLessThan(1_000_000);
        var answered = JsonNode.Parse(answer.Text)!.AsArray();
        answered.Select(m => (int)m!["id"]!).ShouldBe(Enumerable.Range(0, 100));
        answered[0]!["result"].ShouldNotBeNull();
        var last = answered[99]!["error"]!;
        ((int)last["code"]!).ShouldBe(-32600);
        ((string)last["message"]!).ShouldContain("was not run");
        (await Http.PostAsync(McpRequest.Call("init_vault", """{"vault_path":"late"}""").Header("X-API-Key", _one))).IsToolError.ShouldBeFalse();
    }

    [Theory]
    [InlineData("/mcp", false)]
    [InlineData("/mcp", true)]
    [InlineData("/api/v1/vaults/create", false)]
    public async Task A_body_that_is_too_large_is_answered_to_clients_that_send_all_of_it_first(string path, bool chunked)
    {
        var body = new byte[5 * 1024 * 1024];
        Array.Fill(body, (byte)' ');
        var head = $"POST {path} HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {_one}\r\nContent-Type: application/json\r\n"
            + (chunked ? "Transfer-Encoding: chunked\r\n\r\n" : $"Content-Length: {body.Length}\r\n\r\n");
        using var raw = await RawHttp.ConnectAsync(_gateway.Port);
        await raw.SendAsync(head);
        // Every byte is taken, as by a client that reads nothing before it has sent everything.
        foreach (var piece in body.Chunk(64 * 1024))
        {
            if (chunked)
                await raw.SendAsync($"{piece.Length:x}\r\n");
            await raw.SendAsync(piece);
            if (chunked)
                await raw.SendAsync("\r\n");
        }
        if (chunked)
            await raw.SendAsync("0\r\n\r\n");
        var (status, text) = await raw.ReadAsync();
        status.ShouldBe(413);
        text.ShouldContain("4194304 bytes");
        text.ShouldContain("Connection: close");
    }

    [Fact]
    public async Task A_body_that_waits_for_leave_is_refused_without_it()
    {
        using var raw = await RawHttp.ConnectAsync(_gateway.Port);
        await raw.SendAsync(
            $"POST /mcp HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {_one}\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 9000000\r\n\r\n");
        var (status, text) = await raw.ReadAsync();
        status.ShouldBe(413, text);
    }

    private static McpRequest Listen(string key) =>
        McpRequest.Modern("subscriptions/listen", """{"notifications":{"promptsListChanged":true}}""").Header("X-API-Key", key);

    private async Task<HttpRequestMessage> RequestAsync(string kind, string key)
    {
        if (kind == "listen")
            return Listen(key).Build(Http.Endpoint);
        if (kind == "sse")
            return Http.Request(HttpMethod.Get, "/sse", ("Accept", "text/event-stream"), ("X-API-Key", key));
        var initialized = await Http.PostAsync(McpRequest.Legacy("initialize", McpHttp.Handshake("2025-11-25")).Header("X-API-Key", key));
        return Http.Request(
            HttpMethod.Get, "/mcp", ("Accept", "text/event-stream"), ("Mcp-Session-Id", initialized.Header("Mcp-Session-Id")!), ("X-API-Key", key));
    }

    private async Task<Answer> RefusedAsync(string kind, string key) => await Http.SendAsync(await RequestAsync(kind, key));

    private async Task<SseReader> OpenAsync(string kind, string key)
    {
        var stream = kind == "listen"
            ? await Http.OpenAsync(Listen(key))
            : await Http.ListenAsync(kind == "sse" ? "/sse" : "/mcp", [.. await HeadersAsync(kind, key)]);
        await stream.NextAsync();
        return stream;
    }

    private async Task<List<(string Name, string Value)>> HeadersAsync(string kind, string key)
    {
        if (kind == "sse")
            return [("X-API-Key", key)];
        var initialized = await Http.PostAsync(McpRequest.Legacy("initialize", McpHttp.Handshake("2025-11-25")).Header("X-API-Key", key));
        return [("X-API-Key", key), ("Mcp-Session-Id", initialized.Header("Mcp-Session-Id")!)];
    }
}
