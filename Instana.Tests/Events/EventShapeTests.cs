using System.Text.Json;
using Granary.Instana.Tests.Support;

namespace Granary.Instana.Tests.Events;

/// <summary>Events as live backends send them.</summary>
public class EventShapeTests
{
    [SharedFact]
    public async Task The_path_to_the_root_cause_is_told()
    {
        var cause = await CauseAsync("root-cause-path.json");
        cause.GetProperty("found").GetBoolean().ShouldBeTrue();
        cause.GetProperty("confidence").GetDouble().ShouldBe(0.95);
        cause.GetProperty("rootCauseEntity").GetProperty("steadyId").GetString().ShouldBe("db-steady-1");
        cause.GetProperty("rootCauseEntity").GetProperty("snapshotId").GetString().ShouldBe("s2");
        cause.GetProperty("summary").GetString().ShouldBe("96% of calls through root cause failed vs 0% not through it");
        cause.GetProperty("topologyPath").GetString().ShouldBe("service → mysql → endpoint");
        cause.GetProperty("topologyNodes").GetArrayLength().ShouldBe(3);
    }

    [SharedFact]
    public async Task A_root_cause_may_be_told_in_words()
    {
        var cause = await CauseAsync("root-cause-text.json");
        cause.GetProperty("summary").GetString().ShouldBe("88 % of the failed calls passed through the process.");
        cause.GetProperty("rootCauseEntity").GetProperty("type").GetString().ShouldBe("process");
        cause.TryGetProperty("topologyPath", out _).ShouldBeFalse();
    }

    [SharedFact]
    public async Task Metrics_and_related_events_may_be_plain_strings()
    {
        var events = await EventsAsync(SharedVectors.Vector("event-variants.json"));
        events[0].GetProperty("affectedMetrics").EnumerateArray().Select(name => name.GetString()).ShouldBe(["errors.mean", "calls.sum"]);
        events[0].GetProperty("relatedEventsCount").GetInt32().ShouldBe(2);
        events[0].GetProperty("relatedEventIds").EnumerateArray().Select(id => id.GetString()).ShouldBe(["e2", "e3"]);
        events[0].GetProperty("probableCause").GetProperty("found").GetBoolean().ShouldBeFalse();
        events[1].GetProperty("affectedMetrics").EnumerateArray().Select(name => name.GetString()).ShouldBe(["errors.mean"]);
        events[1].GetProperty("relatedEventIds").EnumerateArray().Select(id => id.GetString()).ShouldBe(["e4"]);
        foreach (var item in events)
        {
            item.GetProperty("snapshotId").GetString().ShouldBe("Zk3nQ0");
            item.GetProperty("shortCode").GetString().ShouldBe("SHOP-77");
            item.GetProperty("entity").GetProperty("serviceId").GetString().ShouldBe("9f2c");
            item.GetProperty("link").GetString()!.ShouldStartWith("https://unit.example.com/#/events;eventId=");
        }
    }

    [Fact]
    public async Task A_change_has_a_timestamp_and_no_start()
    {
        var events = await EventsAsync("""
            [{"eventId":"c1","start":1773143990000,"end":1773143990000,"type":"change","state":"closed","problem":"Changed","detail":"1 → 2","severity":-1,"entityType":"INFRASTRUCTURE","entityLabel":"null"},
             {"eventId":"c2","start":1773143980000,"type":"change","entityType":"SERVICE","entityLabel":""}]
            """);
        events[0].GetProperty("timestamp").GetInt64().ShouldBe(1773143990000);
        events[0].TryGetProperty("start", out _).ShouldBeFalse();
        events[0].GetProperty("entity").GetProperty("label").GetString().ShouldBe("Unknown INFRASTRUCTURE");
        events[1].GetProperty("entity").GetProperty("label").GetString().ShouldBe("Unknown SERVICE");
    }

    [Fact]
    public async Task Durations_have_two_units_and_agents_no_severity()
    {
        var events = await EventsAsync("""
            [{"eventId":"i1","start":1773129600000,"end":1773134430000,"type":"issue","state":"closed","problem":"P","severity":5,"entityType":"ENDPOINT","entityLabel":"GET /","detail":"same","fixSuggestion":"same"},
             {"eventId":"a1","start":1773057600000,"end":1773057601000,"type":"agent_monitoring_issue","state":"closed","problem":"Monitoring issue: x","severity":5,"entityType":"INFRASTRUCTURE","entityLabel":"java"}]
            """);
        events[0].GetProperty("duration").GetString().ShouldBe("1 hour 20 minutes");
        events[0].TryGetProperty("fixSuggestion", out _).ShouldBeFalse();
        events[1].TryGetProperty("severity", out _).ShouldBeFalse();
    }

    private static async Task<JsonElement> CauseAsync(string vector) => (await EventsAsync(SharedVectors.Vector(vector)))[0].GetProperty("probableCause");

    private static async Task<IReadOnlyList<JsonElement>> EventsAsync(string body)
    {
        var answer = await FakeBackend.Saying(body).AskAsync("manage_events", """{"operation":"get_events","params":{"time_range":"7d"}}""");
        answer.IsError.ShouldBeFalse(answer.Text);
        return answer.List("events");
    }
}
