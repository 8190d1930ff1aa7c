using System.Net;
using System.Text.Json;
using Granary.Simulator.Setup;
using Granary.Simulator.Tests.Support;
using Granary.Simulator.World;

namespace Granary.Simulator.Tests.World;

/// <summary>One function of the world: parts sum to their whole, and events stand where values cross thresholds.</summary>
public class MeasureTests
{
    private const string Frame = """ "timeFrame":{"windowSize":7200000} """;

    private static readonly long Noon = Running.Noon.ToUnixTimeMilliseconds();

    [Fact]
    public async Task Endpoints_sum_to_their_service_and_services_to_their_application()
    {
        await using var simulator = await Running.StartAsync();
        async Task<Dictionary<string, (double Calls, double Errors)>> GroupsAsync(string tag) => (await PostAsync(simulator, "/api/application-monitoring/analyze/call-groups", $$"""
            {"group":{"groupbyTag":"{{tag}}","groupbyTagEntity":"DESTINATION"},"metrics":[{"metric":"calls","aggregation":"SUM"},{"metric":"erroneousCalls","aggregation":"SUM"}],{{Frame}},"pagination":{"retrievalSize":200},
             "tagFilterExpression":{"type":"TAG_FILTER","name":"application.name","operator":"EQUALS","entity":"DESTINATION","value":"Robot Shop"} }
            """)).GetProperty("items").EnumerateArray().ToDictionary(item => item.GetProperty("name").GetString()!, item => (First(item, "calls.sum"), First(item, "erroneousCalls.sum")));
        var services = await GroupsAsync("service.name");
        services.Count.ShouldBe(7);
        var endpoints = await GroupsAsync("endpoint.id");
        var hosts = await GroupsAsync("host.name");
        var erroneous = await GroupsAsync("call.erroneous");
        var total = await PostAsync(simulator, "/api/application-monitoring/metrics/applications", $$"""{"applicationId":"app-robot","metrics":[{"metric":"calls","aggregation":"SUM"},{"metric":"erroneousCalls","aggregation":"SUM"}],{{Frame}}}""");
        var all = total.GetProperty("items")[0];
        foreach (var groups in new[] { services, endpoints, hosts, erroneous })
        {
            groups.Sum(group => group.Value.Calls).ShouldBe(First(all, "calls.sum"));
            groups.Sum(group => group.Value.Errors).ShouldBe(First(all, "erroneousCalls.sum"));
        }
        erroneous["true"].Calls.ShouldBe(First(all, "erroneousCalls.sum"));
        endpoints.Where(one => one.Key.StartsWith("ep-cart-", StringComparison.Ordinal)).Sum(one => one.Value.Calls).ShouldBe(services["cart"].Calls);
    }

    [Fact]
    public async Task Points_of_a_series_sum_to_the_value_of_the_window()
    {
        await using var simulator = await Running.StartAsync();
        var metrics = (await PostAsync(simulator, "/api/application-monitoring/v2/metrics", $$"""{"metrics":[{"metric":"calls","aggregation":"SUM"},{"metric":"calls","aggregation":"SUM","granularity":300}],{{Frame}}}""")).GetProperty("metrics");
        var series = metrics.GetProperty("calls.sum.300");
        series.GetArrayLength().ShouldBe(24);
        series.EnumerateArray().Sum(point => point[1].GetDouble()).ShouldBe(metrics.GetProperty("calls.sum")[0][1].GetDouble());
    }

    [Fact]
    public void Events_stand_exactly_where_values_cross_their_thresholds()
    {
        var world = new SimulatedWorld(1, 3, Running.Clock());
        var (from, to) = (Noon - (24 * 3_600_000), Noon);
        var events = world.Events.Between(from, to, Noon).ToList();
        foreach (var service in world.Topology.Services)
        {
            var incidents = events.Where(item => item.Kind == EventKind.Incident && item.ServiceId == service.Id).ToList();
            for (var minute = from; minute < to; minute += Measures.Minute)
            {
                var crossed = world.Measures.Value(service.Id, "errors", minute) > Measures.ErrorThreshold;
                crossed.ShouldBe(incidents.Exists(item => minute >= item.Start && minute < item.End), $"{service.Name} at {minute}");
            }
        }
        foreach (var (metric, isCrossed) in new (string, Func<double, bool>)[] { ("cpu.steal", value => value > 0.1),
            ("filesystem.used", value => value > 0.92), ("memory.free", value => value < 0.03) })
        {
            foreach (var host in world.Topology.Hosts)
            {
                var issues = events.Where(item => item.Kind == EventKind.Issue && item.Metric == metric && item.SnapshotId == host).ToList();
                for (var minute = from; minute < to; minute += Measures.Minute)
                    isCrossed(world.Measures.Value(host, metric, minute)!.Value)
                        .ShouldBe(issues.Exists(item => minute >= item.Start && minute < item.End), $"{host} {metric} at {minute}");
            }
        }
    }

    [Fact]
    public async Task Traces_and_logs_are_as_many_as_the_metrics_say()
    {
        await using var simulator = await Running.StartAsync();
        const string Filter = """ "tagFilterExpression":{"type":"EXPRESSION","logicalOperator":"AND","elements":[{"type":"TAG_FILTER","name":"service.name","operator":"EQUALS","entity":"DESTINATION","value":"ratings"}]} """;
        var metrics = (await PostAsync(simulator, "/api/application-monitoring/v2/metrics", $$"""{"metrics":[{"metric":"calls","aggregation":"SUM"},{"metric":"erroneousCalls","aggregation":"SUM"}],{{Frame}},{{Filter}}}""")).GetProperty("metrics");
        var (calls, errors) = (metrics.GetProperty("calls.sum")[0][1].GetInt64(), metrics.GetProperty("erroneousCalls.sum")[0][1].GetInt64());
        (await PostAsync(simulator, "/api/application-monitoring/analyze/traces", $$"""{{{Frame}},{{Filter}}}""")).GetProperty("totalHits").GetInt64().ShouldBe(calls);
        var failed = Filter.Replace("]}", """,{"type":"TAG_FILTER","name":"call.erroneous","operator":"EQUALS","entity":"DESTINATION","value":true}]}""", StringComparison.Ordinal);
        var erroneous = await PostAsync(simulator, "/api/application-monitoring/analyze/traces", $$"""{{{Frame}},{{failed}}}""");
        erroneous.GetProperty("totalHits").GetInt64().ShouldBe(errors);
        erroneous.GetProperty("items").EnumerateArray().ShouldAllBe(item => item.GetProperty("trace").GetProperty("erroneous").GetBoolean());
        var logs = await PostAsync(simulator, "/api/logging/logs/getLogs/v1", """
            {"timeConfig":{"windowSize":7200000},"retrievalSize":10,"requestedTags":["log.level","log.traceId"],"tagFilterExpression":{"type":"EXPRESSION","logicalOperator":"AND","elements":[
             {"type":"TAG_FILTER","name":"service.name","operator":"EQUALS","entity":"DESTINATION","value":"ratings"},{"type":"TAG_FILTER","name":"log.level","operator":"EQUALS","entity":"NOT_APPLICABLE","value":"ERROR"}]}}
            """);
        logs.GetProperty("totalHits").GetInt64().ShouldBe(errors);
        // A log line leads to its trace.
        foreach (var line in logs.GetProperty("items").EnumerateArray())
        {
            using var trace = await simulator.GetAsync("/api/application-monitoring/v2/analyze/traces/"
                + line.GetProperty("tags").GetProperty("log.traceId").GetString());
            (await Running.JsonAsync(trace)).GetProperty("items")[0].GetProperty("errorCount").GetInt32().ShouldBe(1);
        }
    }

    [Fact]
    public async Task Paging_yields_every_trace_exactly_once_while_new_ones_arrive()
    {
        await using var simulator = await Running.StartAsync();
        var seen = new List<string>();
        string? cursor = null;
        long? total = null;
        while (true)
        {
            var pagination = cursor is null ? """{"retrievalSize":100}""" : $$"""{"retrievalSize":100,{{cursor}}}""";
            var page = await PostAsync(simulator, "/api/application-monitoring/analyze/traces", $$"""{"timeFrame":{"windowSize":300000,"to":{{Noon}}},"pagination":{{pagination}}}""");
            total ??= page.GetProperty("totalHits").GetInt64();
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("trace").GetProperty("id").GetString()!));
            if (!page.GetProperty("canLoadMore").GetBoolean())
                break;
            var last = page.GetProperty("items")[page.GetProperty("items").GetArrayLength() - 1].GetProperty("cursor");
            cursor = $"\"offset\":{last.GetProperty("offset")},\"ingestionTime\":{last.GetProperty("ingestionTime")}";
            simulator.Time.Advance(TimeSpan.FromMinutes(1));
        }
        seen.Distinct().Count().ShouldBe(seen.Count);
        seen.Count.ShouldBe((int)total);
    }

    [Theory]
    [InlineData("""{"metrics":[{"metric":"calls","aggregation":"SUM","granularity":60}],"timeFrame":{"windowSize":86400000}}""", "600")]
    [InlineData("""{"metrics":[{"metric":"calls","aggregation":"SUM"}],"timeFrame":{"windowSize":2678460000}}""", "31 days")]
    [InlineData("""{"metrics":[{"metric":"cals","aggregation":"SUM"}],"timeFrame":{"windowSize":60000}}""", "Metric type unknown: cals")]
    [InlineData("""{"metrics":[{"metric":"calls","aggregation":"P90"}],"timeFrame":{"windowSize":60000}}""", "Unsupported aggregation P90")]
    [InlineData("""{"metrics":[{"metric":"calls","aggregation":"SUM"}],"timeFrame":{"windowSize":60000},"tagFilterExpression":{"type":"TAG_FILTER","name":"call.error","operator":"EQUALS","entity":"DESTINATION","value":"x"}}""", "Unknown tag filter: call.error")]
    public async Task Limits_and_unknown_names_are_answered_as_the_backend_does(string body, string sentence)
    {
        await using var simulator = await Running.StartAsync();
        using var response = await simulator.PostAsync("/api/application-monitoring/v2/metrics", body);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldContain(sentence);
    }

    [Fact]
    public async Task The_longest_window_and_five_thousand_hosts_are_answered()
    {
        await using var simulator = await Running.StartAsync(new SimulatorOptions { Hosts = 5000 });
        var metrics = await PostAsync(simulator, "/api/application-monitoring/v2/metrics", """{"metrics":[{"metric":"calls","aggregation":"SUM"}],"timeFrame":{"windowSize":2678400000}}""");
        metrics.GetProperty("metrics").GetProperty("calls.sum").GetArrayLength().ShouldBe(1);
        const string Hosts = """ "type":"host","metrics":[{"metric":"cpu.user","aggregation":"MEAN"}],"timeFrame":{"windowSize":60000},"tagFilterExpression":{"type":"EXPRESSION","logicalOperator":"AND","elements":[]} """;
        var (seen, cursor) = (new HashSet<string>(), "");
        do
        {
            var page = await PostAsync(simulator, "/api/infrastructure-monitoring/analyze/entities", $$"""{{{Hosts}},"pagination":{"retrievalSize":200{{cursor}}} }""");
            page.GetProperty("totalHits").GetInt32().ShouldBe(5000);
            seen.UnionWith(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("snapshotId").GetString()!));
            cursor = page.GetProperty("next") is { ValueKind: JsonValueKind.Object } next ? $",\"cursor\":{next.GetRawText()}" : "";
        }
        while (cursor.Length > 0);
        seen.Count.ShouldBe(5000);
    }

    private static double First(JsonElement item, string key) => item.GetProperty("metrics").GetProperty(key)[0][1].GetDouble();

    private static async Task<JsonElement> PostAsync(Running simulator, string path, string body)
    {
        using var response = await simulator.PostAsync(path, body);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return await Running.JsonAsync(response);
    }
}
