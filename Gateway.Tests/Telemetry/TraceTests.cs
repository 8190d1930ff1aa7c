using System.Security.Cryptography;
using Granary.Gateway.Tests.EndToEnd;
using Granary.Gateway.Tests.Support;
using Granary.Gateway.Tests.Tools.Instana;
using Granary.Hosting.Configuration;
using Granary.Hosting.Telemetry;
using Granary.Instana.Connections;
using Granary.Simulator;
using Granary.Testing.Redis;
using Granary.Testing.Telemetry;
using Granary.Vault.Keys;

namespace Granary.Gateway.Tests.Telemetry;

/// <summary>One call is one trace, from the client's span to Redis and to the backend, as a collector gets it.</summary>
public sealed class TraceTests : IAsyncLifetime
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string ClientSpan = "00f067aa0ba902b7";
    private const string TraceParent = $"00-{Trace}-{ClientSpan}-01";
    private const string TraceState = "vendor=t61rcWkgMzE";
    private const string Note = """{"vault_path":"team/notes","event_type":"com.example.note","data":{"text":"what nobody else may read"}}""";

    private OtlpCollector _collector = null!;

    private Settings Environment => new(name => _collector.Variables.GetValueOrDefault(name));

    public async Task InitializeAsync() => _collector = await OtlpCollector.StartAsync();

    public async Task DisposeAsync() => await _collector.DisposeAsync();

    [Fact]
    public async Task A_call_is_one_trace_through_gateway_silo_redis_and_backend_and_shows_no_secret()
    {
        var key = NewKey();
        using var redis = new RedisServer();
        await using var simulator = await Backend.Start(Backend.Token, seed: 1);
        HostAllowList.TryParse([Backend.Address(simulator)], out var allowed, out _).ShouldBeTrue();
        await using var silo = await TestSilo.StartAsync(
            redis, key, change: o => o with { Telemetry = TelemetrySettings.Read(Environment), Instana = new InstanaOptions { AllowedHosts = allowed! } });
        await using var gateway = Start(redis, simulator);
        using var client = new McpHttp(await gateway.Listening);
        await ReadyAsync(client);
        (await client.CallAsync("init_vault", """{"vault_path":"team/notes"}""")).ShouldSucceed();

        (await client.SendAsync(Call(client, "append_event", Note))).ShouldSucceed();
        var append = await _collector.TraceAsync(Trace, spans => spans.Any(s => s is { Source: "Granary.Redis", Name: "redis Append" } && Reaches(spans, s)));
        Chain(append, append.First(s => s is { Source: "Granary.Redis", Name: "redis Append" } && Reaches(append, s))).ShouldBe(
        [
            ("granary-gateway", "Granary.Calls"), ("granary-gateway", "Microsoft.Orleans.Application"),
            ("granary-silo", "Microsoft.Orleans.Application"), ("granary-silo", "Granary.Calls"), ("granary-silo", "Granary.Redis"),
        ]);
        foreach (var span in append.Where(s => s.Source is "Granary.Calls" or "Granary.Redis" or "Microsoft.Orleans.Application"))
            (span["granary.tenant"], span["granary.tool"], span["granary.vault"]).ShouldBe(("default", "append_event", "team/notes"), span.Name);
        append.Single(s => s is { Service: "granary-gateway", Source: "Granary.Calls" }).Name.ShouldBe("tools/call append_event");
        append.ShouldContain(s => s.Service == "granary-silo" && s["granary.operation"] == "AppendAsync");

        var events = Call(client, "manage_events", """{"operation":"get_events","params":{"time_range":"last 3 days"}}""", ClientSpan[..^1] + "8");
        events.Headers.Add("instana-base-url", Backend.Address(simulator));
        events.Headers.Add("instana-api-token", Backend.Token);
        events.Headers.Add("baggage", "who=somebody");
        (await client.SendAsync(events)).ShouldSucceed();
        var sent = simulator.Requests.Seen.Single(r => r.Path.Contains("events", StringComparison.Ordinal));
        sent.Headers["traceparent"].ShouldStartWith($"00-{Trace}-");
        sent.Headers["tracestate"].ShouldBe(TraceState);
        sent.Headers.Keys.ShouldNotContain("baggage");
        var call = await _collector.TraceAsync(Trace, spans => spans.Any(s => Reaches(spans, s) && sent.Headers["traceparent"].Contains(s.Id, StringComparison.Ordinal)));
        var http = call.First(s => s.Service == "granary-silo" && sent.Headers["traceparent"].Contains(s.Id, StringComparison.Ordinal));
        Chain(call, http).Select(step => step.Source).ShouldBe(
            ["Granary.Calls", "Microsoft.Orleans.Application", "Microsoft.Orleans.Application", "System.Net.Http"]);
        (http["granary.tenant"], http["granary.tool"], http["granary.operation"]).ShouldBe(("default", "manage_events", "get_events"));

        foreach (var secret in (string[])[key, TestSilo.Secret, Backend.Token, "what nobody else may read"])
            _collector.Everything.ShouldNotContain(secret);
    }

    /// <summary>A session's transport knows nothing of the client's span: the message itself does.</summary>
    [Fact]
    public async Task The_span_that_a_message_names_is_the_parent_and_the_request_that_carried_it_is_linked()
    {
        await using var gateway = await TestGateway.StartAsync(o => o with { Telemetry = TelemetrySettings.Read(Environment) });
        (await gateway.Http.CallAsync("init_vault", """{"vault_path":"team/notes"}""")).ShouldSucceed();
        var trace = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var request = McpRequest.Call("append_event", Note).With(r => (r.Meta["traceparent"], r.Meta["tracestate"]) = ($"00-{trace}-{ClientSpan}-01", TraceState))
            .Header("traceparent", $"00-{Trace}-a0f067aa0ba902b8-01");
        (await gateway.Http.PostAsync(request)).ShouldSucceed();
        var spans = await _collector.TraceAsync(trace, spans => spans.Count >= 2);
        var call = spans.Single(s => s.Name == "tools/call append_event");
        call.Parent.ShouldBe(ClientSpan);
        call.Links.ShouldBe(["a0f067aa0ba902b8"]);
        var vault = spans.Single(s => s.Name == "vault append");
        vault.Parent.ShouldBe(call.Id);
        (vault["granary.tenant"], vault["granary.tool"], vault["granary.vault"], vault["granary.operation"]).ShouldBe(("default", "append_event", "team/notes", "append"));
    }

    [Theory]
    [InlineData("""{"vault_path":"none/such"}""", "tool_error")]
    [InlineData("[]", "-32602")]
    public async Task A_call_that_fails_says_of_what_kind_and_not_why(string arguments, string kind)
    {
        await using var gateway = await TestGateway.StartAsync(o => o with { Telemetry = TelemetrySettings.Read(Environment) });
        var trace = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        await gateway.Http.PostAsync(McpRequest.Call("verify_chain", arguments).With(r => r.Meta["traceparent"] = $"00-{trace}-{ClientSpan}-01"));
        var spans = await _collector.TraceAsync(trace, spans => spans.Any(s => s.Name == "tools/call verify_chain"));
        spans.Single(s => s.Name == "tools/call verify_chain")["error.type"].ShouldBe(kind);
    }

    [Fact]
    public async Task A_client_that_does_not_keep_its_trace_makes_no_spans_and_one_that_writes_nonsense_begins_a_new_one()
    {
        await using var gateway = await TestGateway.StartAsync(o => o with { Telemetry = TelemetrySettings.Read(Environment) });
        var (unsampled, kept) = (Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        await gateway.Http.PostAsync(McpRequest.Modern("tools/list").With(r => r.Meta["traceparent"] = $"00-{unsampled}-{ClientSpan}-00"));
        (await gateway.Http.PostAsync(McpRequest.Modern("tools/list").With(r => r.Meta["traceparent"] = "nonsense"))).ShouldSucceed();
        await gateway.Http.PostAsync(McpRequest.Modern("tools/list").With(r => r.Meta["traceparent"] = $"00-{kept}-{ClientSpan}-01"));
        await _collector.TraceAsync(kept, spans => spans.Count > 0);
        _collector.Spans.ShouldNotContain(s => s.Trace == unsampled);
        await ArrivesAsync(s => s.Name == "tools/list" && s.Trace != kept);
    }

    [Fact]
    public async Task Measurements_are_exported_under_the_programs_name()
    {
        await using var gateway = await TestGateway.StartAsync(o => o with { Telemetry = TelemetrySettings.Read(Environment) });
        (await gateway.Http.CallAsync("init_vault", """{"vault_path":"a"}""")).ShouldSucceed();
        await UntilAsync(() => _collector.Metrics.Contains("granary.tool.duration", StringComparison.Ordinal));
        _collector.Metrics.ShouldContain("granary-gateway");
        _collector.Metrics.ShouldContain("init_vault");
    }

    private GatewayProcess Start(RedisServer redis, SimulatorHost simulator)
    {
        var settings = new Dictionary<string, string>(_collector.Variables)
        {
            ["GRANARY_SHAPE"] = "cluster",
            ["GRANARY_REDIS"] = redis.Configuration,
            ["GRANARY_CLUSTER_SECRET"] = TestSilo.Secret,
            ["INSTANA_ALLOWED_HOSTS"] = Backend.Address(simulator),
        };
        return GatewayProcess.Start(Path.GetTempPath(), ["--port", "0", .. settings.SelectMany(pair => (string[])["--env", $"{pair.Key}={pair.Value}"])]);
    }

    private Task ArrivesAsync(Func<CollectedSpan, bool> isIt) => UntilAsync(() => _collector.Spans.Any(isIt));

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!isSo())
            await Task.Delay(20, limit.Token);
    }

    private static async Task ReadyAsync(McpHttp client)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while ((await client.GetAsync("/health/ready")).Status != 200)
            await Task.Delay(20, limit.Token);
    }

    private static HttpRequestMessage Call(McpHttp client, string tool, string arguments, string parent = ClientSpan)
    {
        var request = McpRequest.Call(tool, arguments).Build(client.Endpoint);
        request.Headers.Add("traceparent", TraceParent.Replace(ClientSpan, parent, StringComparison.Ordinal));
        request.Headers.Add("tracestate", TraceState);
        return request;
    }

    /// <summary>Whether every span from the client's down to this one has arrived.</summary>
    private static bool Reaches(IReadOnlyList<CollectedSpan> spans, CollectedSpan last) =>
        spans.FirstOrDefault(s => s.Id == last.Parent) is { } above ? Reaches(spans, above) : last.Parent.StartsWith(ClientSpan[..^1], StringComparison.Ordinal);

    /// <summary>From the first span below the client's to this one. What the silo of this process made is told from what the gateway's process made.</summary>
    private static IEnumerable<(string Service, string Source)> Chain(IReadOnlyList<CollectedSpan> spans, CollectedSpan last) =>
        spans.FirstOrDefault(s => s.Id == last.Parent) is { } above ? Chain(spans, above).Append((last.Service, last.Source)) : [(last.Service, last.Source)];

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyRing.KeyLength));
}
