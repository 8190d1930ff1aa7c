using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.Query;
using Granary.Simulator.World;

namespace Granary.Simulator.Applications;

/// <summary>Groups of calls and of traces, and metrics of all calls that a filter lets through: sums of the same slices.</summary>
internal sealed class CallAnalysis(SimulatedWorld world)
{
    private const string Root = "/api/application-monitoring";

    private readonly Topology _topology = world.Topology;

    public void Register(ApiHandlers on)
    {
        on.On($"POST {Root}/analyze/call-groups", call => Groups(call, false));
        on.On($"POST {Root}/analyze/trace-groups", call => Groups(call, true));
        on.On($"POST {Root}/v2/metrics", Metrics);
    }

    /// <summary>The slices that a body's filter lets through.</summary>
    public List<CallSlice> Slices(JsonObject body)
    {
        var filter = new TagFilter(body);
        return [.. CallSlice.All(_topology).Where(slice => filter.Matches((name, _, isSource) => slice.Tags(_topology, name, isSource)))];
    }

    private SimulatedAnswer Groups(ApiCall call, bool traces)
    {
        var group = call.Object["group"];
        var tag = group.Text("groupbyTag") ?? group.Text("groupByTag") ?? throw new BadQueryException("group.groupbyTag must not be null");
        if (traces && tag is not ("trace.endpoint.name" or "trace.service.name"))
            throw new BadQueryException($"Unknown group: {tag}");
        if (traces && call.Object.Items("metrics").Any(metric => metric.Text("metric") == "calls"))
            throw new BadQueryException("Metric type unknown: calls");
        var window = QueryWindow.Of(call.Object, world.Now);
        var metrics = MetricSpec.Seconds(call.Object, window);
        var isSource = group.Text("groupbyTagEntity") == "SOURCE";
        var groups = Slices(call.Object)
            .SelectMany(slice => (slice.Tags(_topology, tag, isSource) ?? throw new BadQueryException($"Unknown group: {tag}")).Select(name => (name, slice)))
            .GroupBy(pair => pair.name, pair => pair.slice)
            .Select(one => (JsonNode)Json.Object(("name", one.Key), ("timestamp", window.From), ("metrics", Series([.. one], metrics, window))));
        var sorted = Ordering.By([.. groups], call.Object["order"], metrics);
        return SimulatedAnswer.Ok(ResultPages.Cursor(sorted.Count, (offset, size) => sorted.Skip(offset).Take(size).Cast<JsonObject>(), call.Object["pagination"], window));
    }

    private SimulatedAnswer Metrics(ApiCall call)
    {
        var window = QueryWindow.Of(call.Object, world.Now);
        return SimulatedAnswer.Ok(Json.Object(("metrics", Series(Slices(call.Object), MetricSpec.Seconds(call.Object, window), window)),
            ("adjustedTimeframe", window.Adjusted)));
    }

    private JsonObject Series(List<CallSlice> slices, List<MetricSpec> metrics, QueryWindow window) => CallSeries.Write(
        metrics, window, (from, to) => Sum(slices, from, to), _ => slices.Select(slice => slice.Endpoint.ServiceId).Distinct().Count());

    private Tally Sum(List<CallSlice> slices, long from, long to)
    {
        var sum = default(Tally);
        foreach (var endpoint in slices.GroupBy(slice => slice.Endpoint))
        {
            var calls = world.Measures.Calls([endpoint.Key], from, to);
            sum = endpoint.Aggregate(sum, (total, slice) => total + slice.Of(calls));
        }
        return sum;
    }
}
