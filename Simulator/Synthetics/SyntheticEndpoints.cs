using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.Applications;
using Granary.Simulator.Config;
using Granary.Simulator.Query;
using Granary.Simulator.World;

namespace Granary.Simulator.Synthetics;

/// <summary>Locations, catalogs and results of synthetic tests; every answer counts the same runs.</summary>
internal sealed class SyntheticEndpoints(SimulatedWorld world, ConfigStore tests)
{
    private const string Root = "/api/synthetics";

    private readonly Runs _runs = new(world);

    public void Register(ApiHandlers on)
    {
        on.On($"GET {Root}/settings/locations", call =>
            SimulatedAnswer.Ok(Json.Array(SyntheticTests.Locations.Skip((int)call.Number("offset", 0)).Take((int)call.Number("limit", 1000))
            .Where(one => Wants(call, one)).Select(one => (JsonNode)Location(one.Id)))));
        on.On($"GET {Root}/settings/locations/{{}}", call => SyntheticTests.Locations.Any(one => one.Id == call.Id) ? SimulatedAnswer.Ok(Location(call.Id))
            : SimulatedAnswer.NotFound("Location", call.Id));
        on.On($"GET {Root}/settings/datacenters", _ =>
            SimulatedAnswer.Ok(Json.Array(SyntheticTests.Locations.Where(one => one.Type == "Managed").Select(one => (JsonNode)Datacenter(one.Id)))));
        on.On($"GET {Root}/settings/datacenters/{{}}", call => SyntheticTests.Locations.Any(one => "dc-" + one.Id == call.Id)
            ? SimulatedAnswer.Ok(Datacenter(call.Id[3..])) : SimulatedAnswer.NotFound("Datacenter", call.Id));
        on.On($"GET {Root}/catalog/metrics", _ => SimulatedAnswer.Ok(Json.Array(
            TagCatalogs.Metric("synthetic.metricsResponseTime", "Response Time", "MILLIS", "Time until a test is done", "MEAN", "SUM", "MIN", "MAX", "P50",
                "P90"), TagCatalogs.Metric("synthetic.metricsStatus", "Status", "NUMBER", "1 for success", "MEAN"))));
        on.On($"GET {Root}/catalog", _ => SimulatedAnswer.Ok(TagCatalogs.Write([.. Tags.Select(tag => ("Synthetic", tag, tag, "STRING"))])));
        on.On($"POST {Root}/metrics", Metrics);
        on.On($"POST {Root}/results", call => Results(call));
        on.On($"POST {Root}/results/list", call => List(call, false));
        on.On($"POST {Root}/results/analytic", call => List(call, true));
        on.On($"POST {Root}/results/testsummarylist", TestSummaries);
        on.On($"POST {Root}/results/locationsummarylist", LocationSummaries);
        on.On($"GET {Root}/results/{{}}/{{}}", call => Find(call) is { } run
            ? SimulatedAnswer.Ok(Json.Object(("testId", run.TestId), ("testResultId", run.Id), ("startTime", run.Time),
            ("metadata", Json.Object(("logs.tgz", Json.Texts("console.log")))))) : Missing(call));
        on.On($"GET {Root}/results/{{}}/{{}}/detail", call => Find(call) is { } run ? SimulatedAnswer.Ok(Json.Object(
            ("testId", run.TestId), ("testResultId", run.Id), ("logs", run.IsSuccess ? "200 OK" : "connect timeout"),
            ("logFiles", Json.Object(("console.log", run.IsSuccess ? "200 OK" : "connect timeout"))))) : Missing(call));
    }

    private static string[] Tags { get; } =
    [
        "synthetic.testId", "synthetic.testName", "synthetic.locationId", "synthetic.locationLabel", "synthetic.locationType", "synthetic.applicationId",
        "synthetic.testActive",
        "synthetic.syntheticType", "synthetic.errors", "synthetic.tags",
    ];

    private static bool Wants(ApiCall call, (string Id, string Label, string Display, string City, string Country, string Type, string Status) one) =>
        call.List("filter").All(filter =>
        filter.Trim('{', '}').Split('=', 2) is not [var name, var value]
            || (name.Trim() switch { "label" => one.Label, "displayLabel" => one.Display, "locationType" => one.Type, "status" => one.Status, "id" => one.Id,
            _ => value.Trim() }) == value.Trim());

    private JsonObject Location(string id)
    {
        var one = SyntheticTests.Locations.First(known => known.Id == id);
        return Json.Object(
            ("id", one.Id), ("label", one.Label), ("displayLabel", one.Display), ("popVersion", "1.1.2"), ("description", one.Display),
            ("locationType", one.Type),
            ("playbackCapabilities", Json.Object(("syntheticType", Json.Texts("HTTPAction", "HTTPScript")), ("browserType", Json.Texts("chrome")))),
            ("geoPoint", Json.Object(("cityName", one.City), ("countryName", one.Country), ("latitude", 50.1), ("longitude", 8.7))),
            ("totalTests", tests.Current.Count(test => test.Body.Items("locations").Any(location => location.ToString() == id))),
            ("configuration", Json.Object(("namespace", "pop"))),
            ("customProperties", new JsonObject()), ("createdAt", 1_759_000_000_000), ("modifiedAt", 1_759_000_000_000), ("observedAt", world.Now),
            ("status", one.Status));
    }

    private static JsonObject Datacenter(string id)
    {
        var one = SyntheticTests.Locations.First(known => known.Id == id);
        return Json.Object(
            ("datacenterId", "dc-" + one.Id), ("code", one.Label), ("label", $"{one.Label}({one.Display})"), ("provider", "aws"),
            ("countryName", one.Country), ("cityName", one.City), ("latitude", 50.11),
            ("longitude", 8.68), ("status", one.Status == "Online" ? "Active" : "Inactive"), ("modifiedAt", 1_759_000_000_000), ("locationLabel", one.Label),
            ("configuration", Json.Object(("ipAddresses", Json.Texts("198.51.100.7")))));
    }

    private (QueryWindow Window, List<(JsonObject Test, Run Run)> Runs) Chosen(ApiCall call)
    {
        var window = QueryWindow.Of(call.Object, world.Now, absent: 3_600_000);
        var filter = new TagFilter(call.Object);
        var ids = call.Object.Items("testId").Select(id => id.ToString()).ToHashSet();
        var runs = tests.Current.Select(test => test.Body)
            .Where(test => ids.Count == 0 || ids.Contains(test.Text("id")!))
            .SelectMany(test => _runs.Of(test, window.From, window.To).Select(run => (test, run)))
            .Where(pair => filter.Matches((name, _, _) => TagsOf(pair.test, pair.run, name)));
        return (window, [.. runs]);
    }

    private static string[]? TagsOf(JsonObject test, Run run, string name) => name switch
    {
        "synthetic.testId" => [run.TestId],
        "synthetic.testName" => [test.Text("label")!],
        "synthetic.locationId" => [run.LocationId],
        "synthetic.locationLabel" or "synthetic.locationLabelAggregated" => [Known(run.LocationId).Label],
        "synthetic.locationType" => [Known(run.LocationId).Type],
        "synthetic.applicationId" => [test.Text("applicationId") ?? ""],
        "synthetic.testActive" => [test["active"]?.ToString() ?? "true"],
        "synthetic.syntheticType" or "synthetic.typeLabel" => [test["configuration"].Text("syntheticType") ?? ""],
        "synthetic.errors" => run.IsSuccess ? [] : ["Exception: connect timeout"],
        "synthetic.tags" => ["shop"],
        _ => null,
    };

    private static (string Id, string Label, string Display, string City, string Country, string Type, string Status) Known(string location) =>
        SyntheticTests.Locations.First(one => one.Id == location);

    private SimulatedAnswer Metrics(ApiCall call)
    {
        var (_, runs) = Chosen(call);
        List<string> tags = [.. call.Object.Items("groups").Select(group => group.Text("groupbyTag") ?? "")];
        if (tags.Count == 0)
            tags.Add("synthetic.testId");
        var groups = runs.GroupBy(pair => string.Join('|',
            tags.Select(tag => (TagsOf(pair.Test, pair.Run, tag) ?? throw new BadQueryException($"Unknown group: {tag}")).FirstOrDefault())));
        var items = groups.Select(group => (JsonNode)Json.Object(
            ("tests", Json.Array(group.Select(pair => pair.Test).DistinctBy(test => test.Text("id")).Select(test => (JsonNode)Json.Object(
                ("testId", test.Text("id")), ("testName", test.Text("label")),
                ("locationId", Json.Texts(test.Items("locations").Select(one => one.ToString()))), ("applicationId", test.Text("applicationId")))))),
            ("metrics", Values(call, [.. group.Select(pair => pair.Run)]))));
        return SimulatedAnswer.Ok(ResultPages.Numbered([.. items], call.Object, "metricsResult"));
    }

    private SimulatedAnswer Results(ApiCall call)
    {
        var (_, runs) = Chosen(call);
        var items = runs.GroupBy(pair => pair.Run.TestId).Select(group => (JsonNode)Json.Object(
            ("testId", group.Key), ("testName", group.First().Test.Text("label")),
            ("locationId", Json.Texts(group.Select(pair => pair.Run.LocationId).Distinct())),
            ("metrics", Values(call, [.. group.Select(pair => pair.Run)]))));
        return SimulatedAnswer.Ok(ResultPages.Numbered([.. items], call.Object, "testResult"));
    }

    private static JsonArray Values(ApiCall call, List<Run> runs) =>
        Json.Array(call.Object.Items("metrics").Select(metric => metric.Text("metric")!).Select(name => (JsonNode)Json.Object((name, name switch
    {
        "synthetic.metricsResponseTime" or "synthetic.metricResponseTime" or "response_time" => Math.Round(runs.Average(run => run.ResponseTime), 2),
        "synthetic.metricsStatus" or "status" or "success_rate" => Math.Round(runs.Average(run => run.IsSuccess ? 1.0 : 0), 4),
        _ => throw new BadQueryException($"Metric type unknown: {name}"),
    }))));

    private SimulatedAnswer List(ApiCall call, bool lastOnly)
    {
        var (_, runs) = Chosen(call);
        var ascending = call.Object["order"].Text("direction")?.Equals("ASC", StringComparison.OrdinalIgnoreCase) == true;
        var sorted = ascending ? runs.OrderBy(pair => pair.Run.Time) : runs.OrderByDescending(pair => pair.Run.Time);
        IEnumerable<(JsonObject Test, Run Run)> shown = lastOnly ? runs.GroupBy(pair => (pair.Run.TestId, pair.Run.LocationId))
            .Select(group => group.MaxBy(pair => pair.Run.Time)) : sorted;
        return SimulatedAnswer.Ok(ResultPages.Numbered([.. shown.Select(pair => (JsonNode)Json.Object(
            ("testResultCommonProperties", Json.Object(
                ("id", pair.Run.Id), ("testId", pair.Run.TestId), ("testName", pair.Test.Text("label")), ("locationId", pair.Run.LocationId),
                ("locationDisplayLabel", Known(pair.Run.LocationId).Display), ("clientId", "tenant"),
                ("errors", pair.Run.IsSuccess ? []
                    : Json.Texts(string.Create(CultureInfo.InvariantCulture,
                    $"{{timeStamp={pair.Run.Time}, errorType=Exception, errorMessage=connect timeout, stackTrace=}}"))))),
            ("metrics", Json.Object(("response_time", Json.Series(pair.Run.Time, pair.Run.ResponseTime)),
                ("status", Json.Series(pair.Run.Time, pair.Run.IsSuccess ? 1 : 0))))))], call.Object));
    }

    private SimulatedAnswer TestSummaries(ApiCall call)
    {
        var (window, runs) = Chosen(call);
        var items = tests.Current.Select(test => test.Body)
            .Where(test => runs.Exists(pair => pair.Run.TestId == test.Text("id"))
            || (call.Object["tagFilterExpression"] is null && call.Object["TagFilterExpression"] is null)).Select(test =>
        {
            List<Run> own = [.. runs.Where(pair => pair.Run.TestId == test.Text("id")).Select(pair => pair.Run)];
            var locations = test.Items("locations").Select(one => one.ToString()).ToList();
            var common = Json.Object(
                ("id", test.Text("id")), ("label", test.Text("label")), ("type", "API Simple"), ("frequency", test.Number("testFrequency")),
                ("active", true), ("locationIds", Json.Texts(locations)),
                ("locationDisplayLabels", Json.Texts(locations.Select(one => Known(one).Display))), ("createdAt", test.Number("createdAt")),
                ("modifiedAt", test.Number("modifiedAt")),
                ("locationStatusList", Json.Array(locations.Select(one => (JsonNode)Status(one, [.. own.Where(run => run.LocationId == one)])))));
            return (JsonNode)Json.Object(
                ("testResultCommonProperties", Json.Object(("testId", test.Text("id")), ("testName", test.Text("label")), ("clientId", "tenant"),
                    ("testCommonProperties", common))),
                ("metrics", Json.Object(
                    ("total_test_runs", Json.Series(window.To, own.Count)), ("successful_test_runs", Json.Series(window.To, own.Count(run => run.IsSuccess))),
                    ("response_time", Json.Series(window.To, own.Count == 0 ? 0 : Math.Round(own.Average(run => run.ResponseTime), 1))),
                    ("success_rate", Json.Series(window.To, Rate(own))))));
        });
        return SimulatedAnswer.Ok(ResultPages.Numbered([.. items], call.Object));
    }

    /// <summary>A rate of 0 with no runs means no data: the backend writes it so.</summary>
    private static JsonObject Status(string location, List<Run> runs) => Json.Object(
        ("locationId", location), ("locationDisplayLabel", Known(location).Display), ("totalTestRuns", runs.Count),
        ("successRuns", runs.Count(run => run.IsSuccess)), ("successRate", Rate(runs)));

    private static double Rate(List<Run> runs) => runs.Count == 0 ? 0 : Math.Round((double)runs.Count(run => run.IsSuccess) / runs.Count, 4);

    private SimulatedAnswer LocationSummaries(ApiCall call)
    {
        var (_, runs) = Chosen(call);
        return SimulatedAnswer.Ok(ResultPages.Numbered([.. SyntheticTests.Locations.Select(one => (JsonNode)Json.Object(
            ("id", one.Id), ("label", one.Label), ("displayLabel", one.Display), ("type", one.Type), ("status", one.Status),
            ("linkedTests", tests.Current.Count(test => test.Body.Items("locations").Any(location => location.ToString() == one.Id))),
            ("lastRunOn", runs.Where(pair => pair.Run.LocationId == one.Id).Select(pair => pair.Run.Time).DefaultIfEmpty(0).Max()),
            ("description", one.Display), ("popVersion", "1.1.2"),
            ("entityHealthInfo", Json.Object(("maxSeverity", 0), ("openIssues", new JsonArray())))))], call.Object));
    }

    private Run? Find(ApiCall call)
    {
        var parts = call.Path["testresultid"].Split('.');
        if (parts.Length != 3 || tests.Find(call.Path["testid"]) is not { } test
            || !long.TryParse(parts[2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var time))
            return null;
        return _runs.Of(test.Body, time, time + 1).FirstOrDefault(run => run.Id == call.Path["testresultid"]);
    }

    private static SimulatedAnswer Missing(ApiCall call) => SimulatedAnswer.NotFound("Test result", call.Path["testresultid"]);
}
