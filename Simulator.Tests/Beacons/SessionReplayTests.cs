using System.Net;
using System.Text.Json;
using Granary.Simulator.Setup;
using Granary.Simulator.Tests.Support;

namespace Granary.Simulator.Tests.Beacons;

public class SessionReplayTests
{
    [OpenApiFact]
    public async Task A_session_has_actions_and_images_page_by_page()
    {
        await using var simulator = await Running.StartAsync(new SimulatorOptions { OpenApi = OpenApi.Path, Overlay = OpenApi.Overlay });
        var newer = OpenApi.Load(OpenApi.Overlay);
        const string Template = "/api/mobile-app-monitoring/mobile-apps/{mobileAppId}/sessions/{sessionId}";
        var path = $"/api/mobile-app-monitoring/mobile-apps/mob-1/sessions/{await SessionAsync(simulator)}";

        var ends = await GetAsync(simulator, newer, $"{Template}/replay-timestamps", $"{path}/replay-timestamps");
        var first = ends.GetProperty("firstImageTimestamp").GetInt64();

        var seen = new List<long>();
        long? cursor = null;
        do
        {
            var page = await GetAsync(simulator, newer, $"{Template}/replay-metadata", $"{path}/replay-metadata{(cursor is null ? "" : $"?cursor={cursor}")}");
            seen.AddRange(page.GetProperty("metadata").EnumerateArray().Select(one => one.GetProperty("timestamp").GetInt64()));
            cursor = page.GetProperty("hasMore").GetBoolean() ? page.GetProperty("nextCursor").GetInt64() : null;
        }
        while (cursor is not null);
        seen.ShouldBeUnique();
        seen.ShouldBeInOrder();
        seen[0].ShouldBe(first);
        seen[^1].ShouldBe(ends.GetProperty("lastImageTimestamp").GetInt64());

        var all = await GetAsync(simulator, newer, $"{Template}/action-beacons", $"{path}/action-beacons");
        all.GetProperty("beacons").EnumerateArray().Select(one => one.GetProperty("timestamp").GetInt64()).ShouldBe(seen);
        var one = await GetAsync(simulator, newer, $"{Template}/action-beacons", $"{path}/action-beacons?pageSize=1");
        one.GetProperty("hasMore").GetBoolean().ShouldBe(seen.Count > 1);
        simulator.Host.Violations.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("mob-1", "nobody")]
    [InlineData("mob-9", "nobody")]
    public async Task What_is_not_there_is_not_found(string app, string session)
    {
        await using var simulator = await Running.StartAsync();
        foreach (var what in new[] { "replay-metadata", "replay-timestamps", "action-beacons" })
        {
            using var response = await simulator.GetAsync($"/api/mobile-app-monitoring/mobile-apps/{app}/sessions/{session}/{what}");
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    private static async Task<JsonElement> GetAsync(Running simulator, OpenApi document, string template, string path)
    {
        using var response = await simulator.GetAsync(path);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        var answer = await Running.JsonAsync(response);
        document.Differences(answer, document.TryResponse(template, "get", "200")!.Value).ShouldBeEmpty();
        return answer;
    }

    private static async Task<string> SessionAsync(Running simulator)
    {
        using var response = await simulator.PostAsync("/api/mobile-app-monitoring/analyze/beacons", """{"type":"VIEW_CHANGE","timeFrame":{"windowSize":3600000}}""");
        return (await Running.JsonAsync(response)).GetProperty("items")[0].GetProperty("beacon").GetProperty("sessionId").GetString()!;
    }
}
