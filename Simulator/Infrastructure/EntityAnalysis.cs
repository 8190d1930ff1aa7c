using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.Query;
using Granary.Simulator.World;

namespace Granary.Simulator.Infrastructure;

/// <summary>Entities with metrics, and groups of them: a group's value is made of those of its members.</summary>
internal sealed class EntityAnalysis(SimulatedWorld world)
{
    private const string Root = "/api/infrastructure-monitoring/analyze";
    private const int MaxMetrics = 10;

    private readonly EntityCatalog _entities = world.Topology.Entities;

    public void Register(ApiHandlers on)
    {
        on.On($"POST {Root}/entities", Entities);
        on.On($"POST {Root}/entity-groups", Groups);
        on.On($"POST {Root}/entity-types", call =>
            SimulatedAnswer.Ok(Json.Object(("plugins", Json.Texts(Chosen(call.Object).Select(one => one.Plugin).Distinct())))));
        on.On($"POST {Root}/metrics", call =>
            SimulatedAnswer.Ok(Json.Object(("metrics", Json.Array(Chosen(call.Object).Select(one => one.Plugin).Distinct().SelectMany(Known)
            .Where(metric => call.Json.Text("query") is not { } text || metric.Text("id")!.Contains(text, StringComparison.OrdinalIgnoreCase)))))));
    }

    private static IEnumerable<JsonNode> Known(string plugin) => Gauges.Of(plugin).Select(gauge => (JsonNode)Json.Object(
        ("id", gauge.Metric), ("label", gauge.Label), ("format", gauge.Formatter), ("category", plugin), ("description", gauge.Label),
        ("tags", new JsonArray()),
        ("crossSeriesAggregations", Json.Texts("MEAN", "MAX", "MIN", "SUM")),
        ("infraTagCategory", plugin.StartsWith("ibmMq", StringComparison.Ordinal) ? "IBM_MQ" : "OTHERS"), ("ownerType", plugin)));

    private List<Entity> Chosen(JsonObject body)
    {
        if (body["tagFilterExpression"] is null && body["TagFilterExpression"] is null)
            throw new BadQueryException("tagFilterExpression must not be null", 422);
        var type = body.Text("type");
        if (type is not null && EntityCatalog.Plugins.All(plugin => plugin.Plugin != type))
            throw new BadQueryException($"Unknown entity type: {type}");
        var filter = new TagFilter(body);
        return [.. _entities.All.Where(one => (type is null || one.Plugin == type) && filter.Matches((name, _, _) => InfraTags.Of(one, name)))];
    }

    private SimulatedAnswer Entities(ApiCall call)
    {
        var (window, metrics) = Read(call);
        var items = Chosen(call.Object).Select(one => (JsonNode)Json.Object(
            ("snapshotId", one.Id), ("plugin", one.Plugin), ("label", one.Label), ("time", window.To),
            ("tags", Json.Object(one.Tags.Select(tag => (tag.Key, (JsonNode?)tag.Value)))),
            ("metrics", Series([one], metrics, window)), ("entityHealthInfo", Health(one))));
        return Page(call, Applications.Ordering.By([.. items], call.Object["order"], metrics), window);
    }

    private SimulatedAnswer Groups(ApiCall call)
    {
        var (window, metrics) = Read(call);
        var tags = call.Object.Items("groupBy").Select(tag => tag.ToString()).ToList();
        var groups = Chosen(call.Object)
            .GroupBy(one => string.Join('\u001f', tags.Select(tag => (InfraTags.Of(one, tag)
                ?? throw new BadQueryException($"Unknown group: {tag}")) is [var first, ..] ? first : "")))
            .Select(group => (JsonNode)Json.Object(
                ("tags", Json.Object(tags.Zip(group.Key.Split('\u001f'), (tag, value) => (tag, (JsonNode?)value)))), ("count", group.Count()), ("pollRate", 1),
                ("metrics", Series([.. group], metrics, window))));
        return Page(call, Applications.Ordering.By([.. groups], call.Object["order"], metrics), window);
    }

    private (QueryWindow Window, List<MetricSpec> Metrics) Read(ApiCall call)
    {
        var window = QueryWindow.Of(call.Object, world.Now);
        var metrics = MetricSpec.Milliseconds(call.Object, window);
        return metrics.Count <= MaxMetrics ? (window, metrics) : throw new BadQueryException("metrics size must be at most 10");
    }

    private static SimulatedAnswer Page(ApiCall call, List<JsonNode> all, QueryWindow window)
    {
        var pagination = call.Object["pagination"];
        var size = pagination.Number("retrievalSize") ?? 20;
        if (size is < 1 or > 200)
            throw new BadQueryException("retrievalSize must be between 1 and 200");
        // The cursor is opaque to clients: it says where the next page begins, and of which window it is a page.
        var start = (int)(pagination?["cursor"].Number("position") ?? 0);
        var next = start + (int)size;
        return SimulatedAnswer.Ok(Json.Object(
            ("items", Json.Array(all.Skip(start).Take((int)size))), ("canLoadMore", next < all.Count), ("totalHits", all.Count),
            ("next", next < all.Count ? Json.Object(("position", next), ("to", window.To)) : null), ("adjustedTimeframe", window.Adjusted)));
    }

    private JsonObject Series(List<Entity> entities, List<MetricSpec> metrics, QueryWindow window)
    {
        var written = new JsonObject();
        foreach (var metric in metrics)
        {
            var points = metric.Steps(window).Select(step =>
                (step.From, Values: entities.SelectMany(one => Values(one, metric.Name, step.From, step.To)).ToList()))
                .Where(point => point.Values.Count > 0)
                .Select(point => (JsonNode)Json.Point(point.From, Math.Round(Combine(metric.Aggregation, point.Values, entities.Count), 4)));
            written[metric.Key] = Json.Array(points);
        }
        return written;
    }

    private IEnumerable<double> Values(Entity one, string metric, long from, long to) => Gauges.Find(one.Plugin, metric) is { } gauge
        ? world.Measures.Series(one, gauge, from, to, Math.Max(Measures.Minute, (to - from) / 60 / Measures.Minute * Measures.Minute))
            .Select(point => point.Value)
        : [];

    private static double Combine(string aggregation, List<double> values, int entities) => aggregation switch
    {
        "MAX" => values.Max(),
        "MIN" => values.Min(),
        // A sum over entities of their means: what they have at one time, together.
        "SUM" => values.Average() * entities,
        "MEAN" => values.Average(),
        _ => throw new BadQueryException($"Unsupported aggregation {aggregation}"),
    };

    private JsonObject Health(Entity one)
    {
        var open = world.Events.Between(world.Now, world.Now, world.Now).Where(item => item.SnapshotId == one.Id && item.IsOpenAt(world.Now)).ToList();
        return Json.Object(("maxSeverity", open.Count == 0 ? 0 : open.Max(item => item.Severity)), ("openIssues", new JsonArray()));
    }
}
