using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.Query;
using Granary.Simulator.World;

namespace Granary.Simulator.Applications;

/// <summary>Writes series of call metrics.</summary>
internal static class CallSeries
{
    /// <param name="metrics">What is asked for.</param>
    /// <param name="window">The period.</param>
    /// <param name="calls">The calls of a part of it.</param>
    /// <param name="services">How many services they go to.</param>
    public static JsonObject Write(List<MetricSpec> metrics, QueryWindow window, Func<long, long, Tally> calls, Func<QueryWindow, int> services)
    {
        var known = new Dictionary<(long, long), Tally>();
        var written = new JsonObject();
        foreach (var metric in metrics)
        {
            var points = new JsonArray();
            foreach (var (from, to) in metric.Steps(window))
            {
                if (!known.TryGetValue((from, to), out var tally))
                    known[(from, to)] = tally = calls(from, to);
                var value = metric is { Name: "services", Aggregation: "DISTINCT_COUNT" } ? services(window)
                    : tally.Metric(metric.Name, metric.Aggregation, (to - from) / 1000.0)
                    ?? throw new BadQueryException(IsKnown(metric.Name) ? $"Unsupported aggregation {metric.Aggregation} for metric {metric.Name}"
                        : $"Metric type unknown: {metric.Name}");
                points.Add((JsonNode)Json.Point(from, value));
            }
            written[metric.Key] = points;
        }
        return written;
    }

    private static bool IsKnown(string metric) => metric is "calls" or "erroneousCalls" or "errors" or "latency" or "services";
}
