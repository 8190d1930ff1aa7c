using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Granary.Testing.Http;
using Microsoft.AspNetCore.Http;

namespace Granary.Testing.Telemetry;

/// <summary>A collector of OTLP over HTTP in this process: it keeps what programs export, as they exported it.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<byte[]> _traces = new();
    private readonly ConcurrentQueue<byte[]> _metrics = new();

    private LoopbackServer _server = null!;

    private OtlpCollector()
    {
    }

    /// <summary>Its address, without a path.</summary>
    public string Address => _server.Address;

    /// <summary>The variables that make a program export to it soon.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
    };

    /// <summary>What arrived of traces.</summary>
    public IReadOnlyList<CollectedSpan> Spans => [.. _traces.SelectMany(request => CollectedSpan.Read(request))];

    /// <summary>Everything that arrived, as far as it is text: to look for what must not be in it.</summary>
    public string Everything => string.Concat(_traces.Concat(_metrics).Select(Encoding.UTF8.GetString));

    /// <summary>What arrived of metrics, as far as it is text: names of measures, programs and labels.</summary>
    public string Metrics => string.Concat(_metrics.Select(Encoding.UTF8.GetString));

    /// <summary>Starts one on a free port.</summary>
    public static async Task<OtlpCollector> StartAsync()
    {
        var collector = new OtlpCollector();
        collector._server = await LoopbackServer.StartAsync(collector.KeepAsync);
        return collector;
    }

    /// <summary>A trace, once it has the spans that are waited for.</summary>
    /// <param name="trace">Its id in hex.</param>
    /// <param name="isWhole">Whether nothing is missing.</param>
    public async Task<IReadOnlyList<CollectedSpan>> TraceAsync(string trace, Func<IReadOnlyList<CollectedSpan>, bool> isWhole)
    {
        for (var waited = Stopwatch.StartNew(); ;)
        {
            // Programs in one process listen to each other's sources, so a span may arrive twice.
            CollectedSpan[] spans = [.. Spans.Where(span => span.Trace == trace).DistinctBy(span => (span.Service, span.Id))];
            if (isWhole(spans))
                return spans;
            if (waited.Elapsed > TimeSpan.FromMinutes(1))
                throw new TimeoutException(
                    $"The trace is not whole after a minute: {string.Join("; ", spans.Select(span => $"{span.Service} {span.Source} {span.Name}"))}");
            await Task.Delay(20);
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task KeepAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var kept = context.Request.Path.Value switch
        {
            "/v1/traces" => _traces,
            "/v1/metrics" => _metrics,
            _ => null,
        };
        kept?.Enqueue(body.ToArray());
        context.Response.StatusCode = kept is null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
    }
}
