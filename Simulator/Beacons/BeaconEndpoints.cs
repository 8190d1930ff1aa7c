using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.Applications;
using Granary.Simulator.Query;
using Granary.Simulator.World;

namespace Granary.Simulator.Beacons;

/// <summary>Monitoring of websites, and of mobile apps, which is the same with other names.</summary>
internal sealed class BeaconEndpoints(SimulatedWorld world, bool isMobile)
{
    private readonly BeaconSource _source = new(world, isMobile);
    private readonly string _root = isMobile ? "/api/mobile-app-monitoring" : "/api/website-monitoring";

    private string[] Types => isMobile
        ? ["SESSION_START", "HTTP_REQUEST", "CRASH", "CUSTOM", "VIEW_CHANGE", "DROP_BEACON", "PERF"]
        : ["PAGELOAD", "RESOURCELOAD", "HTTPREQUEST", "ERROR", "CUSTOM", "PAGE_CHANGE"];

    public void Register(ApiHandlers on)
    {
        on.On($"POST {_root}/analyze/beacon-groups", Groups);
        on.On($"POST {_root}/analyze/beacons", List);
        on.On($"POST {_root}/v2/metrics", Metrics);
        on.On($"GET {_root}/catalog/metrics", _ => SimulatedAnswer.Ok(Json.Array(Catalog())));
        on.On($"GET {_root}/catalog", Tags);
        on.On($"GET {_root}/config", _ => SimulatedAnswer.Ok(Json.Array(Site())));
        on.On($"GET {_root}/config/{{}}", call => Known(call, _ => SimulatedAnswer.Ok(Site())));
        on.On($"GET {_root}/config/{{}}/geo-location", call =>
            Known(call, _ => SimulatedAnswer.Ok(Json.Object(("geoDetailRemoval", "NO_REMOVAL"), ("geoMappingRules", new JsonArray())))));
        on.On($"GET {_root}/config/{{}}/ip-masking", call => Known(call, _ => SimulatedAnswer.Ok(Json.Object(("ipMasking", "DEFAULT")))));
        on.On($"GET {_root}/config/{{}}/geo-mapping-rules", call =>
            Known(call, _ => SimulatedAnswer.Ok(null) with { Plain = ("text/csv",
            "cidr,continent,continent_code,country,country_code\n192.0.2.0/24,Europe,EU,Germany,DE\n") }));
        if (isMobile)
        {
            on.On($"GET {_root}/session", call => Session(call.Path["session.id"], one => one.Session, call.Path["session.timestamp"]));
            on.On($"GET {_root}/config/{{}}/sourcemap-upload", call => Known(call, _ => SimulatedAnswer.Ok(Json.Object(("configs", Json.Array(SourceMap()))))));
            on.On($"GET {_root}/config/{{}}/sourcemap-upload/{{}}", call => call.Path["sourceMapConfigId"] == "sm-1" ? SimulatedAnswer.Ok(SourceMap())
                : SimulatedAnswer.NotFound("Source map config", call.Path["sourceMapConfigId"]));
            new SessionReplay(world, _source).Register(on);
        }
        else
        {
            on.On($"GET {_root}/page-load", call => Session(call.Path["page-load.id"], one => one.PageLoad, call.Path["page-load.timestamp"]));
        }
    }

    private JsonObject Site() => isMobile
        ? Json.Object(("id", _source.Id), ("name", _source.Name))
        : Json.Object(("id", _source.Id), ("name", _source.Name), ("appName", _source.Name));

    private SimulatedAnswer Known(ApiCall call, Func<string, SimulatedAnswer> answer) =>
        call.Id == _source.Id ? answer(call.Id) : SimulatedAnswer.Error(404, $"{(isMobile ? "Mobile app" : "Website")} with id: {call.Id} is not found");

    private static JsonObject SourceMap() => Json.Object(
        ("id", "sm-1"), ("description", "2.4.1"), ("createdAt", "1.7598641509596016E9"), ("modifiedAt", "1.7598641509596016E9"),
        ("metadata", Json.Array(Json.Object(("type", "DWARF"), ("format", "TGZ"), ("url", ""), ("size", 2_332_564), ("sizeOnDisk", 2_324_096),
            ("blobs", new JsonArray())))));

    private IEnumerable<JsonNode> Catalog()
    {
        foreach (var (id, label, formatter, aggregations) in ((string, string, string, string[])[])
            [("beaconCount", "Beacon count", "NUMBER", ["SUM", "PER_SECOND"]),
                ("beaconDuration", "Beacon duration", "LATENCY", ["MEAN", "MIN", "MAX", "P50", "P75", "P90", "P95", "P99", "SUM"]),
             ("onLoadTime", "onLoad time", "LATENCY", ["MEAN", "MIN", "MAX", "P50", "P75", "P90", "P95", "P99"]),
             ("errorCount", "Error count", "NUMBER", ["SUM"]), ("uniqueSessions", "Sessions", "NUMBER", ["DISTINCT_COUNT"])])
        {
            var metric = TagCatalogs.Metric(id, label, formatter, label, aggregations);
            metric["beaconTypes"] = Json.Texts(Types.Select(type => _source.Write(new Beacon(0, 0, "", "DE", "", type, 0, false)).Text("type")!));
            yield return metric;
        }
    }

    private SimulatedAnswer Tags(ApiCall call)
    {
        if (!Types.Any(type => type.Replace("_", "", StringComparison.Ordinal).Equals(call.Text("beaconType")!.Replace("_", "", StringComparison.Ordinal),
            StringComparison.OrdinalIgnoreCase)))
            return SimulatedAnswer.Error(400, $"Unknown beacon type: {call.Text("beaconType")}");
        var prefix = isMobile ? "mobileBeacon." : "beacon.";
        string[] names = isMobile
            ? ["mobileApp.name", "mobileApp.id", "view.name", "platform", "geo.country", "session.id", "error.message", "http.status", "duration"]
            : ["website.name", "website.id", "page.name", "browser.name", "geo.country", "sessionId", "pageLoad.id", "location.path", "error.message",
                "http.status", "duration"];
        return SimulatedAnswer.Ok(TagCatalogs.Write([.. names.Select(name => ("Beacon", prefix + name, name, "STRING"))]));
    }

    private List<Beacon> Chosen(ApiCall call, QueryWindow window)
    {
        var filter = new TagFilter(call.Object);
        return [.. _source.Between(window.From, window.To, call.Json.Text("type")!)
            .Where(one => filter.Matches((name, key, _) => _source.Tags(one, name, key)))];
    }

    private SimulatedAnswer List(ApiCall call)
    {
        var window = QueryWindow.Of(call.Object, world.Now);
        // Beacons that arrive while a client pages are newer than its first page, and are left out.
        var ingestion = call.Object["pagination"].Number("ingestionTime");
        var all = Chosen(call, ingestion is { } before && before < window.To ? window with { To = before } : window);
        return SimulatedAnswer.Ok(ResultPages.Cursor(all.Count, (offset, size) => all.Skip(offset).Take(size).Select(one => Json.Object(("beacon", _source.Write(one)))),
            call.Object["pagination"], window));
    }

    private SimulatedAnswer Groups(ApiCall call)
    {
        var window = QueryWindow.Of(call.Object, world.Now);
        var metrics = MetricSpec.Seconds(call.Object, window);
        var group = call.Object["group"];
        var tag = group.Text("groupbyTag") ?? group.Text("groupByTag") ?? throw new BadQueryException("group.groupbyTag must not be null");
        var groups = Chosen(call, window)
            .SelectMany(one => (_source.Tags(one, tag, group.Text("groupbyTagSecondLevelKey")) ?? throw new BadQueryException($"Unknown group: {tag}"))
                .Select(name => (name, one)))
            .GroupBy(pair => pair.name, pair => pair.one)
            .Select(one => (JsonNode)Json.Object(("name", one.Key), ("earliestTimestamp", one.Min(beacon => beacon.Time)),
                ("metrics", Series([.. one], metrics, window))));
        var sorted = Ordering.By([.. groups], call.Object["order"], metrics);
        return SimulatedAnswer.Ok(ResultPages.Cursor(sorted.Count, (offset, size) => sorted.Skip(offset).Take(size).Cast<JsonObject>(), call.Object["pagination"], window));
    }

    private SimulatedAnswer Metrics(ApiCall call)
    {
        var window = QueryWindow.Of(call.Object, world.Now);
        return SimulatedAnswer.Ok(Json.Object(("metrics", Series(Chosen(call, window), MetricSpec.Seconds(call.Object, window), window)),
            ("adjustedTimeframe", window.Adjusted)));
    }

    private static JsonObject Series(List<Beacon> beacons, List<MetricSpec> metrics, QueryWindow window) =>
        Json.Object(metrics.Select(metric => (metric.Key, (JsonNode?)Json.Array(
        metric.Steps(window).Select(step => (JsonNode)Json.Point(step.From,
            Value(metric, [.. beacons.Where(one => one.Time >= step.From && one.Time < step.To)], (step.To - step.From) / 1000.0)))))));

    private static double Value(MetricSpec metric, List<Beacon> beacons, double seconds) => (metric.Name, metric.Aggregation) switch
    {
        ("beaconCount", "SUM") => beacons.Count,
        ("beaconCount", "PER_SECOND") => beacons.Count / seconds,
        ("errorCount", "SUM") => beacons.Count(one => one.IsError),
        ("uniqueSessions", "DISTINCT_COUNT") => beacons.Select(one => one.Session).Distinct().Count(),
        ("beaconDuration" or "onLoadTime", "SUM") => beacons.Sum(one => one.Duration),
        ("beaconDuration" or "onLoadTime", "MEAN") => beacons.Count == 0 ? 0 : Math.Round(beacons.Average(one => one.Duration), 2),
        ("beaconDuration" or "onLoadTime", "MIN") => beacons.Count == 0 ? 0 : beacons.Min(one => one.Duration),
        ("beaconDuration" or "onLoadTime", "MAX") => beacons.Count == 0 ? 0 : beacons.Max(one => one.Duration),
        ("beaconDuration" or "onLoadTime", ['P', .. var percent]) when int.TryParse(percent, CultureInfo.InvariantCulture, out var rank) =>
            beacons.Count == 0 ? 0 : beacons.Select(one => one.Duration).Order().ElementAt(Math.Min(beacons.Count - 1, beacons.Count * rank / 100)),
        ("beaconCount" or "errorCount" or "uniqueSessions" or "beaconDuration" or "onLoadTime", _) =>
            throw new BadQueryException($"Unsupported aggregation {metric.Aggregation} for metric {metric.Name}"),
        _ => throw new BadQueryException($"Metric type unknown: {metric.Name}"),
    };

    private SimulatedAnswer Session(string id, Func<Beacon, string> key, string timestamp)
    {
        var at = long.Parse(timestamp, CultureInfo.InvariantCulture);
        var found = Types.SelectMany(type => _source.Between(at - 21_600_000, Math.Min(at + 21_600_000, world.Now), type)).Where(one => key(one) == id)
            .OrderBy(one => one.Time).Select(_source.Write).ToList<JsonNode>();
        return found.Count == 0 ? SimulatedAnswer.Error(404, $"No beacons for id: {id}") : SimulatedAnswer.Ok(Json.Array(found));
    }
}
