using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Instana.Operations;
using Granary.Instana.Tests.Support;

namespace Granary.Instana.Tests.Routers;

/// <summary>A newcomer has only the simulator: every row of the table is answered by its world, without any fault of contract.</summary>
public class SimulatorRouteTests
{
    public static TheoryData<string, int> Rows => RowTests.Rows;

    /// <summary>Ids of the simulated world: those of a path, and of parameters anywhere.</summary>
    private static readonly Dictionary<string, string> Ids = new()
    {
        ["/api/events/settings/application-alert-configs"] = "al-1", ["/api/events/settings/global-alert-configs/applications"] = "al-2",
        ["/api/events/settings/infra-alert-configs"] = "al-3", ["/api/events/settings/website-alert-configs"] = "al-4",
        ["/api/events/settings/mobile-app-alert-configs"] = "al-5", ["/api/events/settings/global-alert-configs/service-levels"] = "al-8",
        ["/api/application-monitoring/settings/application"] = "app-robot", ["/api/application-monitoring/settings/endpoint"] = "svc-rat",
        ["/api/application-monitoring/settings/service"] = "sc-1", ["/api/application-monitoring/settings/manual-service"] = "ms-1",
        ["/api/settings/slo"] = "SLOcart", ["/api/settings/correction"] = "corr-1", ["/api/custom-dashboard"] = "dash-1", ["/api/synthetics/settings/tests"] = "t-1",
        ["/api/synthetics/settings/locations"] = "loc-1", ["/api/automation/actions/"] = "act-1",
        ["/api/infrastructure-monitoring/snapshots"] = "host-1", ["application_id"] = "app-robot", ["website_id"] = "web-1", ["mobile_app_id"] = "mob-1",
        ["slo_id"] = "SLOcart", ["window_id"] = "mw-1", ["config_id"] = "sm-1", ["plugin"] = "host", ["created"] = "1759900000000",
    };

    /// <summary>What is known only once the world is there: the request that lists, its body, and the path to an id of the answer.</summary>
    private static readonly Dictionary<string, (string Request, string? Body, string[] Path)> Found = new()
    {
        ["event_id"] = ("/api/events?windowSize=86400000", null, ["eventId"]),
        ["event_ids"] = ("/api/events?windowSize=86400000", null, ["eventId"]),
        ["release_id"] = ("/api/releases", null, ["id"]),
        ["action_instance_id"] = ("/api/automation/actioninstances?windowSize=86400000", null, ["items", "actionInstanceId"]),
        ["session_id"] = ("/api/mobile-app-monitoring/analyze/beacons", """{"type":"VIEW_CHANGE","timeFrame":{"windowSize":3600000}}""", ["items", "beacon", "sessionId"]),
        ["testid"] = ("/api/synthetics/results/list", """{"syntheticMetrics":["response_time"],"timeFrame":{"windowSize":3600000}}""", ["items", "testResultCommonProperties", "testId"]),
        ["testresultid"] = ("/api/synthetics/results/list", """{"syntheticMetrics":["response_time"],"timeFrame":{"windowSize":3600000}}""", ["items", "testResultCommonProperties", "id"]),
        ["get_trace_details id"] = ("/api/application-monitoring/analyze/traces", """{"timeFrame":{"windowSize":3600000}}""", ["items", "trace", "id"]),
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Every_row_is_answered_by_the_default_world(string tool, int index)
    {
        var row = InstanaTools.Get(tool).Operations[index];
        await using var backend = await Backend.StartAsync();
        var example = Description.Example(row);
        await PlaceAsync(backend, row, example["params"]!.AsObject());
        var call = InstanaTools.Read(tool, JsonSerializer.SerializeToElement(example), out var refusal);
        call.ShouldNotBeNull(refusal?.ToString());
        var answer = await Backend.AskAsync(backend.Client, call, default);
        answer.IsError.ShouldBeFalse($"{example.ToJsonString()}: {answer.Text}");
        backend.Host.Violations.All.ShouldBeEmpty();
    }

    private static async Task PlaceAsync(Backend backend, InstanaOperationDefinition row, JsonObject parameters)
    {
        foreach (var name in parameters.Select(parameter => parameter.Key).ToList())
        {
            var isId = parameters[name] is JsonArray ? name is "alert_ids" or "event_ids" : name.EndsWith("id", StringComparison.Ordinal) || Ids.ContainsKey(name);
            var id = !isId ? null
                : Found.TryGetValue(name, out var found) || Found.TryGetValue($"{row.Name} {name}", out found) ? await FindAsync(backend, found)
                : Ids.GetValueOrDefault(name) ?? Ids.FirstOrDefault(one => row.Path.StartsWith(one.Key, StringComparison.Ordinal)).Value;
            if (id is not null)
                parameters[name] = parameters[name] is JsonArray ? new JsonArray(id) : id;
            if (name == "timestamp")
                parameters[name] = Backend.Noon.ToUnixTimeMilliseconds();
        }
    }

    private static async Task<string> FindAsync(Backend backend, (string Request, string? Body, string[] Path) found)
    {
        using var http = new HttpClient { BaseAddress = backend.Host.Url };
        using var message = new HttpRequestMessage(found.Body is null ? HttpMethod.Get : HttpMethod.Post, found.Request);
        message.Headers.TryAddWithoutValidation("authorization", "apiToken tok-1");
        if (found.Body is not null)
            message.Content = new StringContent(found.Body, Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(message);
        var node = JsonNode.Parse(await response.Content.ReadAsStringAsync());
        foreach (var step in found.Path.Prepend(""))
        {
            if (step.Length > 0)
                node = node![step];
            if (node is JsonArray list)
                node = list[0];
        }
        return node!.ToString();
    }
}
