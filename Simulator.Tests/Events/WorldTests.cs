using System.Net;
using System.Text.Json;
using Granary.Simulator.Setup;
using Granary.Simulator.Tests.Support;

namespace Granary.Simulator.Tests.Events;

public class WorldTests
{
    private static readonly long From = Running.Noon.AddDays(-2).ToUnixTimeMilliseconds();

    [Fact]
    public async Task The_same_seed_tells_the_same_story_and_another_seed_another()
    {
        await using var one = await Running.StartAsync(new SimulatorOptions { Seed = 7 });
        await using var two = await Running.StartAsync(new SimulatorOptions { Seed = 7 });
        await using var three = await Running.StartAsync(new SimulatorOptions { Seed = 8 });
        var story = await TellAsync(one);
        (await TellAsync(two)).ShouldBe(story);
        (await TellAsync(three)).ShouldNotBe(story);
    }

    [Fact]
    public async Task An_incident_is_coherent_with_what_it_names()
    {
        await using var simulator = await Running.StartAsync();
        var incidents = await simulator.ListAsync($"/api/events?from={From}&eventTypeFilters=INCIDENT");
        incidents.Count.ShouldBeGreaterThanOrEqualTo(24);
        foreach (var incident in incidents)
        {
            var recent = incident.GetProperty("recentEvents").EnumerateArray()
                .Select(item => item.ValueKind == JsonValueKind.String ? item.GetString() : item.GetProperty("eventId").GetString()).ToList();
            using var response = await simulator.PostAsync("/api/events", $"[\"{string.Join("\",\"", recent)}\"]");
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            var related = (await Running.JsonAsync(response)).EnumerateArray().ToList();
            related.Select(item => item.GetProperty("type").GetString()).ShouldBe(["issue", "change"], ignoreOrder: true);
            related.Single(item => item.GetProperty("type").GetString() == "change").GetProperty("start").GetInt64()
                .ShouldBeLessThan(incident.GetProperty("start").GetInt64());
        }
    }

    [Fact]
    public async Task Nothing_comes_from_the_future_and_what_goes_on_is_open()
    {
        await using var simulator = await Running.StartAsync();
        var now = Running.Noon.ToUnixTimeMilliseconds();
        var events = await simulator.ListAsync($"/api/events?from={From}&to={now + 86_400_000}");
        events.ShouldAllBe(item => item.GetProperty("start").GetInt64() <= now && item.GetProperty("end").GetInt64() <= now);
        events.ShouldContain(item => item.GetProperty("state").GetString() == "closed");
        var open = events.Where(item => item.GetProperty("state").GetString() == "open").ToList();
        open.ShouldNotBeEmpty();
        open.ShouldAllBe(item => item.GetProperty("end").GetInt64() == now);

        simulator.Time.Advance(TimeSpan.FromHours(4));
        foreach (var item in open)
        {
            using var later = await simulator.GetAsync("/api/events/" + item.GetProperty("eventId").GetString());
            (await Running.JsonAsync(later)).GetProperty("state").GetString().ShouldBe("closed");
        }
    }

    [Fact]
    public async Task The_windows_of_the_api_are_honoured()
    {
        await using var simulator = await Running.StartAsync();
        var now = Running.Noon.ToUnixTimeMilliseconds();
        foreach (var (query, from) in new[] { ("", now - 600_000), ("?windowSize=7200000", now - 7_200_000),
            ($"?from={now - 3_600_000}&windowSize=1", now - 3_600_000) })
            (await simulator.ListAsync("/api/events" + query)).ShouldAllBe(item => item.GetProperty("end").GetInt64() >= from);
        var started = await simulator.ListAsync($"/api/events?from={From}&excludeTriggeredBefore=true");
        started.ShouldAllBe(item => item.GetProperty("start").GetInt64() >= From);
        var types = await simulator.ListAsync($"/api/events?from={From}&eventTypeFilters=ISSUE&eventTypeFilters=CHANGE");
        types.Select(item => item.GetProperty("type").GetString()).Distinct().ShouldBe(["issue", "change"], ignoreOrder: true);
        var updated = await simulator.ListAsync($"/api/events?from={From}&filterEventUpdates=true");
        updated.Count.ShouldBeLessThanOrEqualTo((await simulator.ListAsync($"/api/events?from={From}")).Count);
    }

    [Theory]
    [InlineData("?from=x")]
    [InlineData("?from=2&to=1")]
    [InlineData("?windowSize=-1")]
    [InlineData("?filterEventUpdates=perhaps")]
    [InlineData("?eventTypeFilters=NONSENSE")]
    public async Task A_question_that_makes_no_sense_is_a_bad_request(string query)
    {
        await using var simulator = await Running.StartAsync();
        using var response = await simulator.GetAsync("/api/events" + query);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await Running.JsonAsync(response)).GetProperty("errors").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Unknown_ids_are_404_alone_and_206_in_company()
    {
        await using var simulator = await Running.StartAsync();
        foreach (var id in new[] { "nope", "ev-inc-zz-0", "ev-inc-fffffffffffffff-0", "ev-inc-1-99" })
        {
            using var response = await simulator.GetAsync("/api/events/" + id);
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
        var known = (await simulator.ListAsync($"/api/events?from={From}"))[0].GetProperty("eventId").GetString();
        using var partial = await simulator.PostAsync("/api/events", $"[\"{known}\",\"nope\"]");
        partial.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await Running.JsonAsync(partial)).GetArrayLength().ShouldBe(1);
        foreach (var body in new[] { "{}", "[1]", "x", "" })
        {
            using var wrong = await simulator.PostAsync("/api/events", body);
            wrong.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        }
    }

    private static async Task<string> TellAsync(Running simulator) =>
        await (await simulator.GetAsync($"/api/events?from={From}")).Content.ReadAsStringAsync();
}
