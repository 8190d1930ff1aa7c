using Granary.Gateway.Health;
using Granary.Gateway.Tests.Plugins;
using Granary.Gateway.Tests.Support;
using Granary.Testing;

namespace Granary.Gateway.Tests.Hosting;

/// <summary>The end of a gateway, in order: not ready, streams completed, calls finished.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task Health_has_the_shape_that_older_clients_know()
    {
        var gateway = await TestGateway.StartAsync(o => o);
        foreach (var path in (string[])["/health", "/health/live", "/health/ready", "/health/startup"])
        {
            var answer = await gateway.Http.GetAsync(path);
            answer.Status.ShouldBe(200);
            answer.MediaType.ShouldBe("application/json");
            answer.Text.ShouldStartWith("{\"ok\":true,\"server\":\"granary\"");
        }
        gateway.Get<GatewayState>().Drain();
        (await gateway.Http.GetAsync("/health/ready")).Status.ShouldBe(503);
        (await gateway.Http.GetAsync("/health/live")).Status.ShouldBe(200);
        (await gateway.Http.CallAsync("t_echo")).ShouldSucceed();
        await gateway.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_under_way_is_finished(bool legacy)
    {
        var gateway = await TestGateway.StartAsync(o => o);
        var signals = Signals.Make();
        var session = await gateway.Http.InitializeAsync();
        var call = gateway.Http.PostAsync(legacy
            ? McpRequest.Legacy("tools/call", $$"""{"name":"t_wait","arguments":{{signals.Argument}}}""", session)
            : McpRequest.Call("t_wait", signals.Argument));
        await signals.Started.Task.WaitAsync(Guard.Time);
        var stopping = gateway.StopAsync();
        stopping.IsCompleted.ShouldBeFalse();
        signals.Go.SetResult();
        (await call).ToolText.ShouldBe("went");
        await stopping.WaitAsync(Guard.Time);
        gateway.Logs.Errors.ShouldBeEmpty();
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task Work_that_outlived_its_request_is_waited_for()
    {
        var gateway = await TestGateway.StartAsync(o => o);
        var signals = Signals.Make();
        var session = await gateway.Http.InitializeAsync();
        var first = await gateway.Http.PostAsync(McpRequest.Legacy(
            "tools/call", $$$"""{"name":"t_close","arguments":{{{signals.Argument}}},"_meta":{"progressToken":1}}""", session));
        first.Events[^1].Retry.ShouldNotBeNull();
        var stopping = gateway.StopAsync();
        stopping.IsCompleted.ShouldBeFalse();
        signals.Go.SetResult();
        await stopping.WaitAsync(Guard.Time);
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task Every_open_stream_ends()
    {
        var gateway = await TestGateway.StartAsync(o => o);
        var session = await gateway.Http.InitializeAsync();
        using var legacy = await gateway.Http.ListenAsync("/mcp", ("Mcp-Session-Id", session));
        using var sse = await gateway.Http.ListenAsync("/sse");
        using var modern = await gateway.Http.OpenAsync(McpRequest.Modern("subscriptions/listen", """{"notifications":{}}"""));
        await modern.MessageAsync();
        var stopping = gateway.StopAsync();
        foreach (var stream in (SseReader[])[legacy, sse, modern])
            await stream.ToEndAsync();
        await stopping.WaitAsync(Guard.Time);
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task A_draining_gateway_serves_on_and_has_its_connections_closed_one_by_one()
    {
        var gateway = await TestGateway.StartAsync(o => o);
        var session = await gateway.Http.InitializeAsync();
        (await gateway.Http.CallAsync("t_echo")).Response.Headers.ConnectionClose.ShouldNotBe(true);
        gateway.Get<GatewayState>().Drain();
        foreach (var answer in (Answer[])
        [
            await gateway.Http.CallAsync("t_echo"),
            await gateway.Http.PostAsync(McpRequest.Legacy("ping", "{}", session)),
            await gateway.Http.PostAsync(McpRequest.Legacy("tools/call", """{"name":"t_log"}""", session)),
        ])
        {
            answer.ShouldSucceed();
            answer.Response.Headers.ConnectionClose.ShouldBe(true);
        }
        (await gateway.Http.GetAsync("/health/ready")).Response.Headers.ConnectionClose.ShouldBe(true);
        await gateway.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_on_a_stream_is_answered_before_the_stream_ends(bool resumed)
    {
        var gateway = await TestGateway.StartAsync(o => o);
        var session = await gateway.Http.InitializeAsync();
        var signals = Signals.Make();
        var stream = await gateway.Http.OpenAsync(McpRequest.Legacy(
            "tools/call", $$$"""{"name":"t_wait","arguments":{"key":"{{{signals.Key}}}","before":true},"_meta":{"progressToken":1}}""", session));
        var first = await stream.NextAsync();
        await signals.Started.Task.WaitAsync(Guard.Time);
        if (resumed)
        {
            // Its reader comes back here or, where there are others, to another gateway.
            stream.Dispose();
            stream = await gateway.Http.ListenAsync("/mcp", ("Mcp-Session-Id", session), ("Last-Event-ID", first!.Id!));
        }
        await stream.MessageAsync();
        var stopping = gateway.StopAsync();
        await Task.Delay(100);
        signals.Go.SetResult();
        var rest = await stream.ToEndAsync();
        if (!resumed)
            rest[^1].Data.ShouldContain("went");
        await stopping.WaitAsync(Guard.Time);
        stream.Dispose();
        gateway.Logs.Errors.ShouldBeEmpty();
        await gateway.DisposeAsync();
    }

    [UnixFact]
    public async Task Sigterm_drains_completes_and_finishes()
    {
        using var child = Child.Fixtures(new() { ["GRANARY_DRAIN_DELAY"] = "3" });
        using var http = new McpHttp(await child.ListeningAsync());
        using var listening = await http.OpenAsync(McpRequest.Modern("subscriptions/listen", """{"notifications":{"toolsListChanged":true}}"""));
        await listening.MessageAsync();
        (await http.GetAsync("/health/ready")).Status.ShouldBe(200);
        var call = http.CallAsync("test_slow", """{"ms":4000}""");
        await Guard.UntilAsync(() => child.Log.Contains("Listening"), "it listens");
        child.Terminate();
        await Guard.UntilAsync(() => http.GetAsync("/health/ready").GetAwaiter().GetResult().Status == 503, "it is not ready");
        (await http.GetAsync("/health/live")).Status.ShouldBe(200);
        var during = await http.CallAsync("test_simple_text");
        during.ShouldSucceed();
        during.Response.Headers.ConnectionClose.ShouldBe(true);
        (await call).ToolText.ShouldBe("Waited.");
        var end = (await listening.ToEndAsync()).Select(e => e.Message).ToList();
        end.Select(m => (string?)m["method"]).ShouldBe(["notifications/cancelled", null]);
        (await child.ExitAsync()).ShouldBe(0, child.Log);
    }
}
