using Granary.Gateway.Configuration;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Http;

/// <summary>Rules H1 to H6: the endpoint and the connection.</summary>
[Collection(SharedGateway.Name)]
public sealed class EndpointRules(TestGateway gateway)
{
    private McpHttp Http => gateway.Http;

    [Theory]
    [InlineData("/mcp")]
    [InlineData("/mcp/")]
    public async Task H1_one_path_takes_posts(string path)
    {
        var request = McpRequest.Call("t_echo", """{"text":"hi"}""").Build(new Uri(gateway.Root, path));
        (await Http.SendAsync(request)).ToolText.ShouldBe("hi");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/mcp/x")]
    [InlineData("/rpc")]
    public async Task H1_other_paths_are_not_found(string path)
    {
        var answer = await Http.SendAsync(McpRequest.Modern("server/discover").Build(new Uri(gateway.Root, path)));
        answer.Status.ShouldBe(404);
        answer.Text.ShouldBe("""{"error":"not_found"}""");
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("https://localhost.evil.example")]
    [InlineData("http://localhost@evil.example")]
    [InlineData("http://127.0.0.1.evil.example")]
    [InlineData("null")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    public async Task H2_foreign_origin_is_refused_with_403(string origin) =>
        (await Http.PostAsync(McpRequest.Modern("server/discover").Header("Origin", origin))).ShouldFail(403, -32600);

    [Fact]
    public async Task H2_two_origins_are_refused() =>
        (await RawHttp.ExchangeAsync(gateway.Port, RawHttp.Head("Origin: http://localhost\r\nOrigin: http://evil.example\r\n", 2) + "{}")).Status.ShouldBe(403);

    [Theory]
    [InlineData("GET", "/mcp")]
    [InlineData("DELETE", "/mcp")]
    [InlineData("GET", "/sse")]
    [InlineData("POST", "/message?session_id=x")]
    [InlineData("GET", "/health")]
    [InlineData("OPTIONS", "/mcp")]
    public async Task H2_every_connection_is_checked(string method, string path)
    {
        var answer = await Http.SendAsync(Http.Request(new HttpMethod(method), path, ("Origin", "http://evil.example")));
        answer.Status.ShouldBe(403);
        answer.Header("Access-Control-Allow-Origin").ShouldBeNull();
    }

    [Theory]
    [InlineData("http://localhost")]
    [InlineData("http://localhost:6274")]
    [InlineData("https://127.0.0.1:1")]
    [InlineData("http://[::1]:3000")]
    public async Task H2_pages_of_other_ports_of_this_machine_may_not_drive_a_gateway_without_keys(string origin) =>
        (await Http.PostAsync(McpRequest.Modern("server/discover").Header("Origin", origin))).ShouldFail(403, -32600);

    [Fact]
    public async Task H2_the_gateways_own_pages_may_call_it()
    {
        var own = gateway.Root.GetLeftPart(UriPartial.Authority);
        var answer = await Http.PostAsync(McpRequest.Modern("server/discover").Header("Origin", own));
        answer.ShouldSucceed();
        answer.Header("Access-Control-Allow-Origin").ShouldBe(own);
    }

    [Fact]
    public async Task H2_a_name_that_a_page_gives_itself_is_not_the_gateways_where_any_host_is_answered_to()
    {
        await using var open = await TestGateway.StartAsync(o => o with { Host = "0.0.0.0", AllowAnonymous = true });
        (await open.Http.PostAsync(McpRequest.Modern("server/discover").Header("Origin", "http://evil.example").Header("Host", "evil.example"))).ShouldFail(403, -32600);
    }

    [Theory]
    [InlineData("http://localhost/")]
    [InlineData("http://localhost/evil")]
    [InlineData("http://localhost#evil")]
    [InlineData("http://localhost?evil")]
    [InlineData("http://[::1].evil.example")]
    [InlineData("http://[::1")]
    [InlineData("http://localhost:80")]
    [InlineData("http://localhost:08080")]
    [InlineData("http://localhost:99999")]
    [InlineData("http://localhost:")]
    [InlineData("HTTP://localhost")]
    [InlineData("http://LOCALHOST")]
    [InlineData("http:localhost")]
    [InlineData("http:///localhost")]
    [InlineData("http://localhost\\evil.example")]
    [InlineData("http://localhost, http://localhost")]
    [InlineData("http://xn--a-")]
    [InlineData("null")]
    public async Task H2_origins_that_no_page_of_this_machine_sends_are_refused_where_keys_are_asked_for_too(string origin)
    {
        var keys = Path.Combine(Directory.CreateTempSubdirectory("granary-origin-").FullName, "keys.json");
        var key = Keys.Add(keys, "acme", "*");
        await using var own = await TestGateway.StartAsync(o => o with { ApiKeyFile = keys });
        (await own.Http.PostAsync(McpRequest.Modern("server/discover").Header("X-API-Key", key).Header("Origin", "http://localhost:6274"))).ShouldSucceed();
        (await own.Http.PostAsync(McpRequest.Modern("server/discover").Header("X-API-Key", key).Header("Origin", origin))).ShouldFail(403, -32600);
        Directory.Delete(Path.GetDirectoryName(keys)!, recursive: true);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.nip.example:80")]
    public async Task H2_foreign_host_is_refused_on_loopback(string host) =>
        (await Http.PostAsync(McpRequest.Modern("server/discover").Header("Host", host))).ShouldFail(403, -32600);

    [Fact]
    public async Task H2_configured_origins_and_hosts_are_allowed()
    {
        var own = await TestGateway.StartAsync(o => o with { AllowedOrigins = ["https://app.example/"], AllowedHosts = ["mcp.example"] });
        (await own.Http.PostAsync(McpRequest.Modern("server/discover").Header("Origin", "https://app.example").Header("Host", "mcp.example"))).ShouldSucceed();
        (await own.Http.PostAsync(McpRequest.Modern("server/discover").Header("Origin", "https://other.example"))).Status.ShouldBe(403);
        await own.DisposeAsync();
    }

    [Fact]
    public void H3_the_default_is_loopback()
    {
        new GatewayOptions().IsLoopback.ShouldBeTrue();
        gateway.Root.Host.ShouldBe("127.0.0.1");
    }

    [Fact]
    public async Task H4_beyond_loopback_a_gateway_wants_keys_or_an_explicit_word()
    {
        var refused = await Should.ThrowAsync<InvalidDataException>(() => TestGateway.StartAsync(o => o with { Host = "0.0.0.0" }));
        refused.Message.ShouldContain("--api-keys");
        var open = await TestGateway.StartAsync(o => o with { Host = "0.0.0.0", AllowAnonymous = true });
        (await open.Http.PostAsync(McpRequest.Modern("server/discover"))).ShouldSucceed();
        open.Logs.All.ShouldContain(text => text.Contains("No access control"));
        await open.DisposeAsync();
    }

    // The gateway serves legacy sessions too, so GET and DELETE exist; without a session there is nothing behind them.
    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task H5_get_and_delete_without_a_legacy_session_are_405(string method)
    {
        var answer = await Http.SendAsync(Http.Request(new HttpMethod(method), "/mcp", ("Accept", "text/event-stream"), ("MCP-Protocol-Version", "2026-07-28")));
        answer.ShouldFail(405, -32600);
        answer.Header("Allow").ShouldBe("POST");
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    [InlineData("BREW")]
    public async Task H5_other_verbs_are_405(string method)
    {
        var answer = await Http.SendAsync(Http.Request(new HttpMethod(method), "/mcp"));
        answer.Status.ShouldBe(405);
        answer.Header("Allow").ShouldBe("POST, GET, DELETE");
    }

    [Theory]
    [InlineData("not-a-session")]
    [InlineData("")]
    public async Task H6_a_modern_request_ignores_session_and_last_event_id(string session)
    {
        var answer = await Http.PostAsync(McpRequest.Call("t_whoami").Header("Mcp-Session-Id", session).Header("Last-Event-ID", "abc.1"));
        answer.ToolText.ShouldBe("default/anyone/2026-07-28/");
        answer.Header("Mcp-Session-Id").ShouldBeNull();
    }
}
