using System.Text.Json;
using Granary.Simulator.Tests.Support;

namespace Granary.Simulator.Tests.Events;

public class ShapeTests
{
    [OpenApiFact]
    public async Task Every_answer_has_the_vendors_shape()
    {
        var api = OpenApi.Load();
        await using var simulator = await Running.StartAsync();
        var from = Running.Noon.AddDays(-7).ToUnixTimeMilliseconds();
        foreach (var path in new[] { "/api/events", "/api/events/kubernetes-info-events", "/api/events/agent-monitoring-events" })
        {
            using var response = await simulator.GetAsync($"{path}?from={from}");
            var events = await Running.JsonAsync(response);
            events.GetArrayLength().ShouldBeGreaterThan(20);
            api.Differences(events, api.Response(path, "get", "200")).ShouldBeEmpty();
        }
        var one = (await simulator.ListAsync($"/api/events?from={from}"))[0];
        using var single = await simulator.GetAsync("/api/events/" + one.GetProperty("eventId").GetString());
        api.Differences(await Running.JsonAsync(single), api.Response("/api/events/{eventId}", "get", "200")).ShouldBeEmpty();
        foreach (var path in new[] { "/api/instana/health", "/api/instana/version" })
        {
            using var response = await simulator.GetAsync(path);
            api.Differences(await Running.JsonAsync(response), api.Response(path, "get", "200")).ShouldBeEmpty();
        }
    }

    [OpenApiFact]
    public void The_check_itself_finds_what_is_wrong()
    {
        var api = OpenApi.Load();
        using var wrong = JsonDocument.Parse("""[{"eventId":7,"entityType":"SERVICE","colour":"red","start":"soon"}]""");
        api.Differences(wrong.RootElement, api.Response("/api/events", "get", "200")).Count.ShouldBe(3);
    }
}
