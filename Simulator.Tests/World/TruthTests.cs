using System.Text.Json;
using Granary.Simulator.Tests.Support;

namespace Granary.Simulator.Tests.World;

/// <summary>What the simulator tells of causes, and what the backend's answers tell.</summary>
public class TruthTests
{
    [Fact]
    public async Task An_incident_follows_its_release_and_its_cause_is_a_path_of_the_graph()
    {
        await using var simulator = await Running.StartAsync();
        var from = Running.Noon.AddDays(-3).ToUnixTimeMilliseconds();
        var incidents = await simulator.ListAsync($"/api/events?from={from}&eventTypeFilters=INCIDENT");
        var releases = (await simulator.ListAsync($"/api/releases?from={from - 86_400_000}")).ToDictionary(one => one.GetProperty("id").GetString()!);
        var map = await ReadAsync(simulator, "/api/application-monitoring/topology/services");
        var calls = map.GetProperty("connections").EnumerateArray()
            .Select(one => (one.GetProperty("from").GetString(), one.GetProperty("to").GetString())).ToHashSet();
        var endpoints = (await ReadAsync(simulator,
            "/api/application-monitoring/applications/services/endpoints?pageSize=200")).GetProperty("items").EnumerateArray()
            .ToDictionary(one => one.GetProperty("id").GetString()!, one => one.GetProperty("serviceId").GetString());
        var kinds = new HashSet<string>();
        foreach (var incident in incidents)
        {
            var truth = await ReadAsync(simulator, "/simulator/truth/incidents/" + incident.GetProperty("eventId").GetString());
            var release = releases[truth.GetProperty("release").GetProperty("id").GetString()!];
            (incident.GetProperty("start").GetInt64() - release.GetProperty("start").GetInt64()).ShouldBe(60_000);
            var path = truth.GetProperty("path").EnumerateArray().Select(node => node.GetProperty("steady_id").GetString()!).ToList();
            path[0].ShouldBe(incident.GetProperty("serviceId").GetString());
            calls.ShouldContain((path[0], path[1]));
            endpoints[path[2]].ShouldBe(path[1]);
            kinds.Add(Kind(incident, truth, path));
        }
        // Every form that clients must live with is there.
        kinds.ShouldBe(["path", "text", "empty", "absent"], ignoreOrder: true);
        incidents.Select(one => one.GetProperty("metrics")[0].ValueKind).Distinct().Count().ShouldBe(2);
        incidents.Select(one => one.GetProperty("recentEvents")[0].ValueKind).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task The_truth_is_told_of_incidents_only()
    {
        await using var simulator = await Running.StartAsync();
        using var unknown = await simulator.SendAsync(HttpMethod.Get, "/simulator/truth/incidents/ev-inc-1-0");
        unknown.StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
        var value = await ReadAsync(simulator, $"/simulator/truth/value?entity=host-1&metric=cpu.user&t={Running.Noon.ToUnixTimeMilliseconds() - 60_000}");
        value.GetProperty("value").GetDouble().ShouldBeInRange(0, 1);
    }

    private static string Kind(JsonElement incident, JsonElement truth, List<string> path)
    {
        if (!incident.TryGetProperty("probableCause", out var cause))
            return "absent";
        if (cause.ValueKind == JsonValueKind.Array)
        {
            cause.GetArrayLength().ShouldBe(0);
            return "empty";
        }
        truth.GetProperty("found_by_backend").GetBoolean().ShouldBeTrue();
        var first = cause.GetProperty("currentRootCause")[0];
        var shown = first.GetProperty("topology").GetProperty("shortestPath").EnumerateArray().Select(node => node.GetProperty("steadyId").GetString()!)
            .ToList();
        if (shown.Count == 0)
        {
            first.GetProperty("explainability")[0].GetProperty("text").GetString().ShouldNotBeNullOrEmpty();
            return "text";
        }
        shown.ShouldBe(path);
        first.GetProperty("explainability")[0].GetProperty("percentageFailedThroughRC").GetDouble().ShouldBeInRange(0.9, 1);
        first.GetProperty("explainability")[0].GetProperty("percentageFailedNotThroughRC").GetDouble().ShouldBeLessThan(0.05);
        return "path";
    }

    private static async Task<JsonElement> ReadAsync(Running simulator, string path)
    {
        using var response = await simulator.GetAsync(path);
        return await Running.JsonAsync(response);
    }
}
