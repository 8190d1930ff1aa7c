using System.Net;
using System.Net.Sockets;
using Granary.Gateway.Configuration;
using Granary.Gateway.Tests.Support;
using Granary.Gateway.Tests.Tools.Instana;
using Granary.Gateway.Tools;
using Granary.Instana.Connections;
using Granary.Tenants;

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
    public async Task Tenants_vaults_streams_and_refusals_are_counted()
    {
        (await _gateway.Http.CallAsync("init_vault", """{"vault_path":"b"}""")).ShouldSucceed();
        (await _gateway.Http.CallAsync("append_event", """{"vault_path":"b","event_type":"com.example.note","data":{}}""")).ShouldSucceed();
        (await _gateway.Http.GetAsync("/mcp", ("Host", "evil.example"))).Status.ShouldBe(403);
        using var stream = await _gateway.Http.OpenAsync(McpRequest.Modern("subscriptions/listen", """{"notifications":{"toolsListChanged":true}}"""));
        var text = await _client.GetStringAsync(At(_port, "/metrics"));
        text.ShouldMatch("""granary_tenant_calls_total\{otel_scope_name="Granary.Gateway",outcome="ok",tenant="default"\} [1-9]""");
        text.ShouldMatch("""granary_vault_duration_seconds_count\{otel_scope_name="Granary.Tenants",operation="append",outcome="ok"\} [1-9]""");
        text.ShouldMatch("""granary_vault_batch_count\{otel_scope_name="Granary.Tenants"\} [1-9]""");
        text.ShouldMatch("""granary_vault_queue\{otel_scope_name="Granary.Tenants"\} \d""");
        text.ShouldMatch("""granary_streams\{otel_scope_name="Granary.Gateway"\} [1-9]""");
        text.ShouldMatch("""granary_requests_refused_total\{otel_scope_name="Granary.Gateway",status="403"\} [1-9]""");
    }

    [Fact]
    public async Task Instana_operations_requests_and_zones_are_counted()
    {
        await using var simulator = await Backend.Start(Backend.Token, seed: 1);
        HostAllowList.TryParse([Backend.Address(simulator)], out var allowed, out _).ShouldBeTrue();
        var port = FreePort();
        await using var gateway = await TestGateway.StartAsync(o => o with { MetricsPort = port, Instana = new InstanaOptions { AllowedHosts = allowed! } });
        (gateway.Http.Always["instana-base-url"], gateway.Http.Always["instana-api-token"]) = (Backend.Address(simulator), Backend.Token);
        (await gateway.Http.CallAsync("manage_events", """{"operation":"get_events","params":{"time_range":"last 3 days"}}""")).ShouldSucceed();
        await gateway.Http.CallAsync("manage_events", """{"operation":"what a client wrote","params":{}}""");
        var text = await _client.GetStringAsync(At(port, "/metrics"));
        text.ShouldMatch("""granary_instana_calls_total\{otel_scope_name="Granary.Tenants",operation="get_events",outcome="ok",tool="manage_events"\} [1-9]""");
        text.ShouldMatch("""granary_instana_calls_total\{otel_scope_name="Granary.Tenants",operation="unknown",outcome="error",tool="manage_events"\} [1-9]""");
        text.ShouldMatch("""granary_instana_request_duration_seconds_count\{otel_scope_name="Granary.Instana",family="events",outcome="ok"\} [1-9]""");
        text.ShouldMatch("""granary_instana_zone_remaining\{otel_scope_name="Granary.Instana",zone="[^"]+"\} \d""");
        text.ShouldNotContain("what a client wrote");
    }

    [Fact]
    public void Only_so_many_tenants_are_told_apart()
    {
        var labels = new TenantLabels(new GatewayOptions { MeasuredTenants = 2 });
        string[] tenants = ["a", "b", "c", "a", "d"];
        tenants.Select(tenant => labels.Of(TenantId.Parse(tenant))).ShouldBe(["a", "b", "_others", "a", "_others"]);
        new TenantLabels(new GatewayOptions { MeasuredTenants = 0 }).Of(TenantId.Default).ShouldBe("_others");
        TenantId.TryParse(TenantLabels.Others, out _, out _).ShouldBeFalse();
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
