using System.Net;
using System.Net.Sockets;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Hosting;

/// <summary>What is measured, on a port that serves nothing else.</summary>
public sealed class MetricsPortTests : IAsyncLifetime
{
    private readonly HttpClient _client = new();
    private readonly int _port = FreePort();
    private TestGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await TestGateway.StartAsync(o => o with { MetricsPort = _port });

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task Calls_of_tools_are_counted_by_tool_and_outcome()
    {
        await _gateway.Http.CallAsync("verify_chain", """{"vault_path":"none/such"}""");
        await _gateway.Http.CallAsync("init_vault", """{"vault_path":"a"}""");
        var text = await _client.GetStringAsync(At(_port, "/metrics"));
        // A listener to a meter's name gets the measurements of every gateway in the process, so other tests' calls may count too.
        text.ShouldMatch("""granary_tool_duration_seconds_count\{otel_scope_name="Granary.Gateway",outcome="error",tool="verify_chain"\} [1-9]""");
        text.ShouldMatch("""granary_tool_duration_seconds_count\{otel_scope_name="Granary.Gateway",outcome="ok",tool="init_vault"\} [1-9]""");
        text.ShouldContain("http_server_active_requests");
        text.ShouldContain("dotnet_gc_");
    }

    [Fact]
    public async Task Clients_find_no_metrics_on_their_port_and_nothing_but_metrics_on_the_other()
    {
        (await _client.GetAsync(At(_gateway.Port, "/metrics"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var body = new StringContent("{}");
        (await _client.PostAsync(At(_port, "/mcp"), body)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _client.GetAsync(At(_port, "/health"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static Uri At(int port, string path) => new UriBuilder("http", "127.0.0.1", port, path).Uri;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
