using Granary.Gateway.Tests.EndToEnd;
using Granary.Gateway.Tests.Tools.Instana;

namespace Granary.Gateway.Tests.Telemetry;

/// <summary>Without an exporter: a client's trace goes on to the backend, and no other is begun.</summary>
public sealed class CallerTraceTests
{
    private const string Parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    [Fact]
    public async Task A_backend_sees_the_trace_of_a_client_that_began_one_and_no_other()
    {
        await using var backend = await Backend.StartAsync();
        (await CallAsync(backend, ("traceparent", Parent), ("tracestate", "vendor=t61rcWkgMzE"))).Success();
        var seen = backend.Simulator.Requests.Seen[^1].Headers;
        seen["traceparent"].ShouldStartWith(Parent[..36]);
        seen["tracestate"].ShouldBe("vendor=t61rcWkgMzE");

        (await CallAsync(backend, ("traceparent", "nonsense"))).Success();
        backend.Simulator.Requests.Seen[^1].Headers["traceparent"].ShouldMatch("^00-(?!4bf92f35)[0-9a-f]{32}-[0-9a-f]{16}-0[01]$");

        (await CallAsync(backend)).Success();
        backend.Simulator.Requests.Seen[^1].Headers.Keys.ShouldNotContain("traceparent");
    }

    private static Task<ToolReply> CallAsync(Backend backend, params (string, string)[] headers) =>
        backend.CallAsync("get_events", """{"time_range":"1h"}""", [.. backend.Headers(), .. headers]);
}
