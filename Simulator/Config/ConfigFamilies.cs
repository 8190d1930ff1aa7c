using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.World;

namespace Granary.Simulator.Config;

/// <summary>The families there are, with what the world has of each from the start.</summary>
internal static class ConfigFamilies
{
    private const string Alerts = "/api/events/settings";
    private const string Settings = "/api/application-monitoring/settings";
    private const long Long = 1_759_900_000_000;

    public static IEnumerable<ConfigFamily> All(Func<long> now) =>
    [
        new(Settings + "/application", "Application config",
            "app-") { Seeds = [Application("app-robot", "Robot Shop", "INBOUND"), Application("app-payments", "Payments", "ALL")] },
        new(Settings + "/endpoint", "Endpoint config",
            "ec-") { Seeds = [Json.Object(("serviceId", "svc-rat"), ("endpointCase", "LOWER"), ("endpointNameByFirstPathSegmentRuleEnabled", false),
            ("endpointNameByCollectedPathTemplateRuleEnabled", false))], Show = (one, _) => Without(one, "id") },
        new(Settings + "/service", "Service config", "sc-") { DeleteStatus = 200, Seeds = [Parse("""{"id":"sc-1","name":"Rule","label":"{docker.container.name}","enabled":true,"matchSpecification":[{"key":"docker.container.name","value":".*"}]}""")] },
        new(Settings + "/manual-service", "Manual service config", "ms-") { DeleteStatus = 200, Seeds = [Parse("""{"id":"ms-1","tagFilterExpression":{"type":"TAG_FILTER","name":"call.http.path","operator":"STARTS_WITH","entity":"DESTINATION","value":"/partner"},"existingServiceId":"svc-rat","enabled":true}""")] },
        Alert("/application-alert-configs", ("applicationId", "applications"),
            AlertSeed("al-1", "errors", ("applicationId", "app-robot"), ("boundaryScope", "ALL"), ("evaluationType", "PER_AP"), ("applications", Covered()))),
        Alert("/global-alert-configs/applications", ("applicationId", "applications"),
            AlertSeed("al-2", "errors", ("boundaryScope", "ALL"), ("evaluationType", "PER_AP"), ("applications", Covered()))),
        Alert("/infra-alert-configs", null, AlertSeed("al-3", "genericRule", ("groupBy", Json.Texts("host.name")), ("rule", Parse("""{"alertType":"genericRule","metricName":"cpu.steal","entityType":"host","aggregation":"MEAN","crossSeriesAggregation":"MEAN","regex":false,"metricGroupBy":[],"metricTagFilterExpression":{"type":"EXPRESSION","logicalOperator":"AND","elements":[]}}""")))),
        Alert("/website-alert-configs", ("websiteId", "websiteId"), AlertSeed("al-4", "slowness", ("websiteId", "web-1"))),
        Alert("/mobile-app-alert-configs", ("mobileAppId", "mobileAppId"), AlertSeed("al-5", "crash", ("mobileAppId", "mob-1"))),
        Alert("/global-alert-configs/synthetics", ("syntheticTestId", "syntheticTestIds"), Parse("""
            {"id":"al-6","name":"Login fails","description":"Made with the world.","severity":10,"syntheticTestIds":["t-1"],"tagFilterExpression":{"type":"EXPRESSION","logicalOperator":"AND","elements":[]},
             "rule":{"alertType":"failure","metricName":"status","aggregation":"SUM"},"alertChannelIds":[],"timeThreshold":{"type":"violationsInSequence","violationsCount":2},"customPayloadFields":[]}
            """)),
        Alert("/global-alert-configs/logs", null, Parse("""
            {"id":"al-7","name":"Many errors logged","description":"Made with the world.","severity":5,"groupBy":[],"tagFilterExpression":{"type":"EXPRESSION","logicalOperator":"AND","elements":[]},
             "rules":[],"alertChannelIds":[],"granularity":600000,"timeThreshold":{"type":"violationsInSequence","timeWindow":600000},"customPayloadFields":[]}
            """)),
        Alert("/global-alert-configs/service-levels", ("sloId", "sloIds"), Parse("""
            {"id":"al-8","name":"Budget of Cart latency","description":"Tells when half of the error budget is gone.","severity":5,"triggering":true,"rule":{"alertType":"ERROR_BUDGET","metric":"BURNED_PERCENTAGE"},
             "threshold":{"type":"staticThreshold","operator":">=","value":0.5},"sloIds":["SLOcart"],"alertChannelIds":[],"timeThreshold":{"expiry":600000,"timeWindow":600000},"customPayloadFields":[]}
            """)),
        new("/api/settings/slo", "SLO config", "SLO") { IsPaged = true, Seeds = [.. Slos()], Check = Slo, Show = Dates },
        new("/api/settings/correction", "Correction config", "corr-") { IsPaged = true, Owner = ("sloId", "sloIds"), Seeds = [Correction()], Show = Dates },
        new("/api/custom-dashboard", "Custom dashboard", "dash-") { Seeds = [Dashboard()], Check = Widgets, Summary = one =>
            Json.Object(("id", one.Text("id")), ("title", one.Text("title")), ("annotations", Json.Texts("SHARED")), ("ownerId", "u-1")), Show = (one, _) =>
            With(one, ("writable", true), ("ownerId", "u-1")) },
        new("/api/settings/v2/maintenance", "Maintenance config", "mw-") { IsCreatedByPost = false, DeleteStatus = 200, Seeds = [.. Windows(now())],
            Check = Window, Show = (one, created) => State(one, created, now()) },
        new("/api/synthetics/settings/tests", "Synthetic test", "t-") { CreateStatus = 201, Owner = ("locationId", "locations"),
            Seeds = [.. SyntheticTests.Seeds] },
    ];

    private static ConfigFamily Alert(string path, (string, string)? owner, JsonObject seed) =>
        new(Alerts + path, "Alert config", "al-") { UpdateMethod = "POST", IsSmartAlert = true, Owner = owner, Seeds = [seed], Check = Name };

    private static (int, string)? Name(JsonObject one) => (one.Text("name") ?? "").Length is 0 or > 256 ? (422, "name length must be between 1 and 256") : null;

    private static JsonObject AlertSeed(string id, string type, params (string Name, JsonNode? Value)[] further)
    {
        var seed = Parse($$"""
            {"id":"{{id}}","name":"Watches {{type}}","description":"Made with the world.","severity":5,"triggering":false,"tagFilterExpression":{"type":"EXPRESSION","logicalOperator":"AND","elements":[]},
             "rule":{"alertType":"{{type}}","metricName":"{{(type == "genericRule" ? "cpu.steal" : "errors")}}","aggregation":"MEAN"},"threshold":{"type":"staticThreshold","operator":">=","value":0.05},
             "alertChannelIds":["ch-1"],"granularity":600000,"timeThreshold":{"type":"violationsInSequence","timeWindow":600000},"customPayloadFields":[]}
            """);
        return With(seed, further);
    }

    private static JsonObject Covered() => Parse("""{"app-robot":{"applicationId":"app-robot","inclusive":true,"services":{}}}""");

    private static JsonObject Application(string id, string label, string scope) => Parse($$"""
        {"id":"{{id}}","label":"{{label}}","tagFilterExpression":{"type":"TAG_FILTER","name":"kubernetes.namespace.name","operator":"EQUALS","entity":"DESTINATION","value":"{{Topology.Namespace}}"},
         "scope":"INCLUDE_IMMEDIATE_DOWNSTREAM_DATABASE_AND_MESSAGING","boundaryScope":"{{scope}}","accessRules":[{"accessType":"READ_WRITE","relationType":"GLOBAL"}]}
        """);

    private static IEnumerable<JsonObject> Slos() =>
    [
        Parse("""{"id":"SLOcart","name":"Cart latency","target":0.99,"tags":["shop"],"rbacTags":[],"entity":{"type":"application","applicationId":"app-robot","boundaryScope":"INBOUND","includeInternal":false,"includeSynthetic":false},"indicator":{"type":"timeBased","blueprint":"latency","threshold":100,"aggregation":"P90"},"timeWindow":{"type":"rolling","duration":1,"durationUnit":"week"}}"""),
        Parse("""{"id":"SLOpay","name":"Payments work","target":0.95,"tags":["shop","money"],"rbacTags":[],"entity":{"type":"application","applicationId":"app-payments","boundaryScope":"ALL","includeInternal":false,"includeSynthetic":false},"indicator":{"type":"eventBased","blueprint":"availability"},"timeWindow":{"type":"rolling","duration":1,"durationUnit":"day"}}"""),
    ];

    private static (int, string)? Slo(JsonObject one) =>
        double.TryParse(one.Text("target"), System.Globalization.CultureInfo.InvariantCulture, out var target) && target is >= 0 and < 1
        ? null
        : (400, "target must be between 0 and 0.9999");

    private static JsonObject Correction() => Parse("""{"id":"corr-1","name":"DB upgrade","description":"Known outage","active":true,"scheduling":{"startTime":"1760100000000","duration":2,"durationUnit":"hour","recurrent":true,"recurrentRule":"FREQ=DAILY;INTERVAL=1"},"sloIds":["SLOcart"],"tags":[]}""");

    private static JsonObject Dashboard() => Parse("""
        {"id":"dash-1","title":"Shop overview","accessRules":[{"accessType":"READ_WRITE","relationType":"GLOBAL"}],
         "widgets":[{"id":"w1","title":"Calls","type":"bigNumber","x":0,"y":0,"width":2,"height":4,"config":{"metricConfiguration":{"metric":"calls","aggregation":"SUM","source":"APPLICATION"}}}]}
        """);

    private static (int, string)? Widgets(JsonObject one)
    {
        if (string.IsNullOrWhiteSpace(one.Text("title")))
            return (422, "title must not be empty");
        if (one.Items("accessRules").Count() is 0 or > 64)
            return (422, "accessRules size must be between 1 and 64");
        return one.Items("widgets").Count() > 128 ? (422, "widgets size must be at most 128") : null;
    }

    private static IEnumerable<JsonObject> Windows(long now) =>
    [
        Parse($$$"""{"id":"mw-1","name":"DB upgrade","query":"entity.application.id:\"app-robot\"","scheduling":{"type":"ONE_TIME","start":{{{now - 1_800_000}}},"duration":{"amount":2,"unit":"HOURS"}},"paused":false,"retriggerOpenAlertsEnabled":false,"tagFilterExpressionEnabled":false}"""),
        Parse($$$"""{"id":"mw-2","name":"Weekend","query":"","scheduling":{"type":"RECURRENT","start":{{{now + 86_400_000}}},"duration":{"amount":90,"unit":"MINUTES"},"rrule":"FREQ=WEEKLY;INTERVAL=1;BYDAY=SA","timezoneId":"UTC"},"paused":false,"retriggerOpenAlertsEnabled":false,"tagFilterExpressionEnabled":true,"tagFilterExpression":{"type":"TAG_FILTER","name":"synthetic.syntheticType","operator":"EQUALS","entity":"NOT_APPLICABLE","value":"HTTPScript"}}"""),
    ];

    private static (int, string)? Window(JsonObject one)
    {
        var scheduling = one["scheduling"];
        if (scheduling.Text("type") is not ("ONE_TIME" or "RECURRENT") || scheduling.Number("start") is null)
            return (400, "scheduling must have a type and a start");
        if (scheduling.Text("type") == "RECURRENT" && scheduling.Text("rrule") is null)
            return (422, "scheduling.rrule must not be null");
        return scheduling!["duration"].Number("amount") is > 0 && scheduling["duration"].Text("unit") is "MINUTES" or "HOURS" or "DAYS" ? null
            : (422, "scheduling.duration must be positive, in MINUTES, HOURS or DAYS");
    }

    private static JsonObject State(JsonObject one, long created, long now)
    {
        var start = one["scheduling"].Number("start")!.Value;
        var unit = one["scheduling"]!["duration"].Text("unit") switch { "MINUTES" => 60_000L, "HOURS" => 3_600_000, _ => 86_400_000 };
        var end = start + (one["scheduling"]!["duration"].Number("amount")!.Value * unit);
        var state = one["paused"]?.GetValue<bool>() == true ? "PAUSED" : now < start ? "SCHEDULED" : now < end
            || one["scheduling"].Text("type") == "RECURRENT" ? "ACTIVE" : "EXPIRED";
        return With(one, ("state", state), ("occurrence", Json.Object(("start", start), ("end", end))), ("lastUpdated", created), ("invalid", false));
    }

    private static JsonObject Dates(JsonObject one, long created) =>
        With(one, ("createdDate", Long.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ("lastUpdated", created.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private static JsonObject With(JsonObject one, params (string Name, JsonNode? Value)[] members)
    {
        foreach (var (name, value) in members)
            one[name] = value;
        return one;
    }

    private static JsonObject Without(JsonObject one, string member)
    {
        one.Remove(member);
        return one;
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
