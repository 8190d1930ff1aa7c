using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Granary.Simulator.Api;
using Granary.Simulator.Applications;
using Granary.Simulator.Query;
using Granary.Simulator.World;

namespace Granary.Simulator.Infrastructure;

/// <summary>Snapshots, catalogs, classic metrics and the graph of the infrastructure.</summary>
internal sealed partial class SnapshotEndpoints(SimulatedWorld world)
{
    private const string Root = "/api/infrastructure-monitoring";
    private const long Began = 1_759_900_000_000;

    private readonly EntityCatalog _entities = world.Topology.Entities;

    public void Register(ApiHandlers on)
    {
        on.On($"GET {Root}/snapshots", call =>
            SimulatedAnswer.Ok(Json.Object(("items", Json.Array(Found(call.Text("query"), call.Text("plugin")).Take((int)call.Number("size", 100))
            .Select(one => (JsonNode)Short(one)))))));
        on.On($"GET {Root}/snapshots/{{}}", call => _entities.Find(call.Id) is { } one ? SimulatedAnswer.Ok(Full(one)) : SimulatedAnswer.NotFound("Snapshot", call.Id));
        on.On($"POST {Root}/snapshots", Several);
        on.On($"POST {Root}/metrics", Classic);
        on.On($"GET {Root}/catalog/plugins", _ =>
            SimulatedAnswer.Ok(Json.Array(EntityCatalog.Plugins.Select(plugin => (JsonNode)Json.Object(("label", plugin.Label), ("plugin", plugin.Plugin))))));
        on.On($"GET {Root}/catalog/metrics/{{}}", Metrics);
        on.On($"GET {Root}/catalog/tags", _ => SimulatedAnswer.Ok(TagCatalogs.Write(InfraTags.All)));
        on.On($"GET {Root}/catalog/tags/{{}}", call => IsPlugin(call.Id) ? SimulatedAnswer.Ok(TagCatalogs.Write(InfraTags.All))
            : SimulatedAnswer.Error(404, $"Unknown plugin: {call.Id}"));
        on.On($"GET {Root}/catalog/search", _ => SimulatedAnswer.Ok(Json.Array(InfraTags.All.Select(tag => (JsonNode)Json.Object(
            ("keyword", "entity." + tag.Name), ("description", tag.Label), ("context", "entities"), ("termType", "string"),
            ("fixedValues", new JsonArray()))))));
        on.On($"GET {Root}/monitoring-state", _ =>
            SimulatedAnswer.Ok(Json.Object(("hasEntities", true), ("hostCount", world.Topology.Hosts.Count), ("serverlessCount", 0))));
        on.On($"GET {Root}/topology", call => SimulatedAnswer.Ok(Graph(call.Flag("includeData"))));
        on.On($"GET {Root}/graph/related-hosts/{{}}", call => _entities.Find(call.Id) is { } one ? SimulatedAnswer.Ok(Json.Texts(one.Host))
            : SimulatedAnswer.NotFound("Snapshot", call.Id));
    }

    private static bool IsPlugin(string plugin) => EntityCatalog.Plugins.Any(known => known.Plugin == plugin);

    /// <summary>Dynamic Focus in small: <c>entity.host.name:host-1</c>, <c>entity.type:host</c>, or words of the label, all of which hold.</summary>
    private IEnumerable<Entity> Found(string? query, string? plugin)
    {
        var terms = Term().Matches(query ?? "").Select(match => (Field: match.Groups[1].Value, Value: match.Groups[2].Value.Trim('"', '*')))
            .Where(term => term.Value is not ("AND" or "OR" or "NOT")).ToList();
        return _entities.All.Where(one => (plugin is null || one.Plugin == plugin) && terms.All(term => Holds(one, term.Field, term.Value)));
    }

    private static bool Holds(Entity one, string field, string value) => field switch
    {
        "" or "entity.label" or "entity.name" => one.Label.Contains(value, StringComparison.OrdinalIgnoreCase),
        "entity.type" or "entity.pluginId" or "entity.plugin" => one.Plugin.Equals(value, StringComparison.OrdinalIgnoreCase),
        "entity.zone" => InfraTags.Of(one, "zone")!.Contains(value),
        _ => (InfraTags.Of(one, field.StartsWith("entity.", StringComparison.Ordinal) ? field[7..] : field)
            ?? throw new BadQueryException($"Unknown search field: {field}")).Contains(value),
    };

    private static JsonObject Short(Entity one) => Json.Object(
        ("snapshotId", one.Id), ("plugin", one.Plugin), ("from", Began), ("tags", new JsonArray()), ("label", one.Label), ("host", one.Host));

    private JsonObject Full(Entity one)
    {
        var full = Short(one);
        full["entityId"] = EntityId(one);
        full["data"] = Data(one);
        return full;
    }

    private JsonObject Data(Entity one)
    {
        var data = one.Plugin == "host"
            ? Json.Object(("hostname", one.Label), ("fqdn", one.Label + ".shop.example"), ("os.name", "Linux"), ("os.arch", "amd64"), ("cpu.count", 8),
                ("memory.total", 65_994_727_424))
            : Json.Object(("name", one.Label), ("host", one.Host));
        foreach (var gauge in Gauges.Of(one.Plugin).Where(_ => one.Plugin.StartsWith("ibmMq", StringComparison.Ordinal)))
            data[gauge.Metric] = world.Measures.Value(one.Id, gauge.Metric, world.Now);
        return data;
    }

    private static JsonObject EntityId(Entity one) => Json.Object(("host", one.Host), ("pluginId", one.PluginId), ("steadyId", one.Id));

    private SimulatedAnswer Several(ApiCall call)
    {
        var ids = call.Object.Items("snapshotIds").Select(id => id.ToString()).Distinct().ToList();
        return SimulatedAnswer.Ok(Json.Object(
            ("items", Json.Array(ids.Select(_entities.Find).OfType<Entity>().Select(one => (JsonNode)Full(one)).Select(WithoutId))),
            ("notFoundSnapshotsIds", Json.Texts(ids.Where(id => _entities.Find(id) is null)))));
    }

    private static JsonNode WithoutId(JsonNode full)
    {
        full.AsObject().Remove("entityId");
        return full;
    }

    private SimulatedAnswer Classic(ApiCall call)
    {
        var window = QueryWindow.Of(call.Object, world.Now);
        var rollup = (call.Json.Number("rollup") ?? 60) * 1000;
        if (rollup is not (1000 or 5000 or 60_000 or 300_000 or 3_600_000))
            throw new BadQueryException("rollup must be one of 1, 5, 60, 300, 3600");
        if (window.Size / rollup > 600)
            throw new BadQueryException($"Too many data points: {window.Size / rollup}, at most 600 are allowed. Increase the rollup.");
        var plugin = call.Json.Text("plugin")!;
        if (!IsPlugin(plugin))
            throw new BadQueryException($"Unknown plugin: {plugin}");
        var names = call.Object.Items("metrics").Select(metric => metric.ToString()).ToList();
        if (names.Count > 5)
            throw new BadQueryException("metrics size must be at most 5");
        var ids = call.Object.Items("snapshotIds").Select(id => id.ToString()).ToHashSet();
        var items = Found(call.Json.Text("query"), plugin).Where(one => ids.Count == 0 || ids.Contains(one.Id)).Take(30).Select(one =>
        {
            var item = Short(one);
            item["to"] = window.To;
            item["metrics"] = Json.Object(names.Where(name => Gauges.Find(plugin, name) is not null).Select(name => (name, (JsonNode?)Json.Array(
                world.Measures.Series(one, Gauges.Find(plugin, name)!, window.From, window.To, rollup)
                    .Select(point => (JsonNode)Json.Point(point.Time, point.Value))))));
            return (JsonNode)item;
        });
        return SimulatedAnswer.Ok(Json.Object(("items", Json.Array(items))));
    }

    private static SimulatedAnswer Metrics(ApiCall call)
    {
        var plugin = call.Id;
        if (!IsPlugin(plugin))
            return SimulatedAnswer.Error(404, $"Unknown plugin: {plugin}");
        if (call.Text("filter") == "custom")
            return SimulatedAnswer.Ok(new JsonArray());
        return SimulatedAnswer.Ok(Json.Array(Gauges.Of(plugin)
            .Where(gauge => call.Text("label") is not { } text || gauge.Label.Contains(text, StringComparison.OrdinalIgnoreCase))
            .Take((int)call.Number("limit", 10_000))
            .Select(gauge => (JsonNode)Json.Object(("metricId", gauge.Metric), ("label", gauge.Label), ("description", gauge.Label),
                ("formatter", gauge.Formatter), ("pluginId", plugin), ("custom", false)))));
    }

    private JsonObject Graph(bool withData) => Json.Object(
        ("nodes", Json.Array(_entities.All.Select(one =>
        {
            var node = Json.Object(("id", one.Id), ("plugin", one.Plugin), ("label", one.Label), ("entityId", EntityId(one)));
            if (withData)
                node["data"] = Data(one);
            return (JsonNode)node;
        }))),
        ("edges", Json.Array(_entities.All.Where(one => one.Parent is not null)
            .Select(one => (JsonNode)Json.Object(("source", one.Id), ("destination", one.Parent), ("relation", "in"))))));

    [GeneratedRegex("([A-Za-z_.]+(?=:))?:?(\"[^\"]*\"|[^\\s:]+)")]
    private static partial Regex Term();
}
