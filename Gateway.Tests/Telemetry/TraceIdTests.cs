using System.Diagnostics;
using Granary.Hosting.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Gateway.Tests.Telemetry;

/// <summary>A log line leads to the trace it belongs to.</summary>
public sealed class TraceIdTests
{
    [Fact]
    public void A_line_that_is_written_within_a_span_names_it()
    {
        using var span = new Activity("call").SetParentId("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").Start();
        span.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        Line().ShouldEndWith($"said trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id={span.SpanId.ToHexString()}\n");
    }

    [Fact]
    public void A_line_outside_of_spans_or_in_one_that_nobody_keeps_names_none()
    {
        Line().ShouldEndWith("said\n");
        using var span = new Activity("call").Start();
        Line().ShouldEndWith("said\n");
    }

    private static string Line()
    {
        using var writer = new StringWriter();
        new ConsoleLines(TimeProvider.System).Write(
            new LogEntry<string>(LogLevel.Information, "Granary.Tests", new EventId(1), "said", null, (state, _) => state), null, writer);
        return writer.ToString();
    }
}
