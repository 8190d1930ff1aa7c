using System.Text.Json;
using Granary.Instana.Tests.Support;
using Granary.Simulator.Faults;

namespace Granary.Instana.Tests.Events;

public class EventOperationsTests
{
    [Fact]
    public async Task One_event_comes_in_full()
    {
        await using var backend = await Backend.StartAsync();
        var id = await IncidentAsync(backend);
        var answer = await backend.AskAsync("get_event", $$"""{"event_id":"{{id}}"}""");
        answer.IsError.ShouldBeFalse();
        answer["eventId"].GetString().ShouldBe(id);
        answer["recentEvents"].GetArrayLength().ShouldBe(2);
        answer["snapshotId"].GetString().ShouldNotBeNullOrEmpty();
        answer.Has("warnings").ShouldBeFalse();
    }

    [Fact]
    public async Task An_event_that_does_not_exist_is_a_failure_with_its_reason()
    {
        await using var backend = await Backend.StartAsync();
        var answer = await backend.AskAsync("get_event", """{"event_id":"nope"}""");
        answer.IsError.ShouldBeTrue();
        answer["error"].GetString().ShouldBe("Failed to get_event: HTTP 404");
        answer["details"].GetString().ShouldBe("Event with id: nope is not found");
        answer["status_code"].GetInt32().ShouldBe(404);
        answer["retryable"].GetBoolean().ShouldBeFalse();
        backend.Host.Requests.Total.ShouldBe(1);
    }

    [Fact]
    public async Task Several_events_come_in_one_request_and_the_missing_are_named()
    {
        await using var backend = await Backend.StartAsync();
        var id = await IncidentAsync(backend);
        var before = backend.Host.Requests.Total;
        var answer = await backend.AskAsync("get_events_by_ids", $$"""{"event_ids":"{{id}}, nope-1"}""");
        answer.IsError.ShouldBeFalse();
        answer.List("events").ShouldHaveSingleItem().GetProperty("eventId").GetString().ShouldBe(id);
        answer.List("missing_ids").ShouldHaveSingleItem().GetString().ShouldBe("nope-1");
        answer["total_events"].GetInt32().ShouldBe(1);
        backend.Host.Requests.Total.ShouldBe(before + 1);
        (await backend.AskAsync("get_events_by_ids", $$"""{"event_ids":["{{id}}"]}""")).List("missing_ids").ShouldBeEmpty();
    }

    [Fact]
    public async Task The_period_is_asked_for_and_told_as_it_was()
    {
        await using var backend = await Backend.StartAsync();
        var answer = await backend.AskAsync("get_events", """{"filters":{"time_range":"last 2 hours","event_type_filters":["incident"],"filter_event_updates":"yes","exclude_triggered_before":false}}""");
        answer["time_range"].GetString().ShouldBe("2026-03-10T10:00:00Z to 2026-03-10T12:00:00Z");
        answer["from_time"].GetInt64().ShouldBe(Backend.Noon.AddHours(-2).ToUnixTimeMilliseconds());
        answer["to_time"].GetInt64().ShouldBe(Backend.Noon.ToUnixTimeMilliseconds());
        backend.Host.Requests.Seen.ShouldHaveSingleItem().Query.ShouldBe(
            $"?from={answer["from_time"]}&to={answer["to_time"]}&eventTypeFilters=INCIDENT&filterEventUpdates=true&excludeTriggeredBefore=false");
        answer.List("events").ShouldNotBeEmpty();
        answer.List("events").ShouldAllBe(item => item.GetProperty("type").GetString() == "incident");
    }

    [Fact]
    public async Task The_total_is_right_even_when_few_are_shown()
    {
        await using var backend = await Backend.StartAsync();
        var all = await backend.AskAsync("get_events", """{"time_range":"7d","max_events":1000,"max_chars":1000000}""");
        all["total_events"].GetInt32().ShouldBeGreaterThan(60);
        all["events_returned"].GetInt32().ShouldBe(all["total_events"].GetInt32());
        all.Has("next_cursor").ShouldBeFalse();
        var few = await backend.AskAsync("get_events", """{"time_range":"7d","max_events":"3"}""");
        few.List("events").Count.ShouldBe(3);
        few["events_returned"].GetInt32().ShouldBe(3);
        few["total_events"].GetInt32().ShouldBe(all["total_events"].GetInt32());
        few["next_cursor"].GetString().ShouldNotBeNullOrEmpty();
        (await backend.AskAsync("get_events", """{"time_range":"7d","max_chars":1000000}"""))["events_returned"].GetInt32().ShouldBe(50);
    }

    [Theory]
    [InlineData("state", "\"OPEN\"", "state", "open")]
    [InlineData("severity", "10", "type", "incident")]
    [InlineData("severity", "\"-1\"", "type", "change")]
    [InlineData("event_specification_id", "\"spec-cpu-steal\"", "eventSpecificationId", "spec-cpu-steal")]
    [InlineData("problem", "\"cpu steal\"", "problem", "CPU steal time is high")]
    [InlineData("rca", "true", "type", "incident")]
    [InlineData("query", "\"erroneous CALLS\"", "type", "incident")]
    [InlineData("query", "\"spec-memory-free\"", "problem", "Memory is exhausted")]
    public async Task Each_filter_works_alone(string filter, string value, string field, string expected)
    {
        await using var backend = await Backend.StartAsync();
        var some = await backend.AskAsync("get_events", $$"""{"time_range":"7d","max_events":1000,"{{filter}}":{{value}}}""");
        some["after_filters"].GetInt32().ShouldBeInRange(1, some["before_filters"].GetInt32() - 1);
        some["removed_by_filters"].GetProperty(filter).GetInt32().ShouldBe(some["before_filters"].GetInt32() - some["after_filters"].GetInt32());
        some.List("events").ShouldAllBe(item => item.GetProperty(field).GetString() == expected);
    }

    [Theory]
    [InlineData("entity_type", "service", "type", "SERVICE")]
    [InlineData("entity_label", "HOST-2", "label", "host-2")]
    public async Task Entities_are_filtered_by_type_and_label(string filter, string value, string field, string expected)
    {
        await using var backend = await Backend.StartAsync();
        var some = await backend.AskAsync("get_events", $$"""{"time_range":"7d","max_events":1000,"{{filter}}":"{{value}}"}""");
        some["after_filters"].GetInt32().ShouldBeGreaterThan(0);
        some.List("events").ShouldAllBe(item => item.GetProperty("entity").GetProperty(field).GetString() == expected);
    }

    [Fact]
    public async Task The_kind_of_entity_is_a_filter_too()
    {
        await using var backend = await Backend.StartAsync();
        var some = await backend.AskAsync("get_events", """{"time_range":"7d","entity_name":"deployment"}""");
        some.List("events").ShouldNotBeEmpty();
        some.List("events").ShouldAllBe(item => item.GetProperty("type").GetString() == "change");
    }

    [Theory]
    [InlineData("get_kubernetes_info_events", "affected_namespaces", "robot-shop")]
    [InlineData("get_agent_monitoring_events", "affected_entities", " on host-")]
    public async Task Grouped_events_tell_their_problems(string operation, string affected, string expected)
    {
        await using var backend = await Backend.StartAsync();
        var answer = await backend.AskAsync(operation, """{"time_range":"7d","max_events":5,"max_chars":200000}""");
        answer.IsError.ShouldBeFalse(answer.Text);
        answer.List("events").Count.ShouldBe(5);
        var groups = answer.List("problem_analyses");
        groups.Count.ShouldBeInRange(2, 10);
        groups.Sum(group => group.GetProperty("count").GetInt32()).ShouldBe(answer["total_events"].GetInt32());
        groups.Select(group => group.GetProperty("count").GetInt32()).ShouldBeInOrder(SortDirection.Descending);
        foreach (var group in groups)
        {
            group.GetProperty("problem").GetString()!.ShouldNotContain("Monitoring issue:");
            group.GetProperty(affected)[0].GetString()!.ShouldContain(expected);
            group.GetProperty("sample_events").GetArrayLength().ShouldBeInRange(1, 3);
            group.GetProperty("details").GetArrayLength().ShouldBeInRange(1, 10);
            group.GetProperty("fix_suggestions").GetArrayLength().ShouldBeInRange(1, 10);
            group.GetProperty("entity_types")[0].GetString().ShouldBe("INFRASTRUCTURE");
        }
        answer["markdown_summary"].GetString()!.ShouldContain($"**{groups[0].GetProperty("problem").GetString()}**");
        backend.Host.Requests.Total.ShouldBe(1);
    }

    [Fact]
    public async Task The_agents_query_is_honoured()
    {
        await using var backend = await Backend.StartAsync();
        var answer = await backend.AskAsync("get_agent_monitoring_events", """{"time_range":"7d","query":"mysql"}""");
        answer.List("problem_analyses").ShouldHaveSingleItem().GetProperty("problem").GetString().ShouldBe("mysql_connection_failed");
        answer.List("events").ShouldAllBe(item => !item.Has("severity"));
    }

    [Theory]
    [InlineData("get_kubernetes_info_events")]
    [InlineData("get_agent_monitoring_events")]
    public async Task No_events_in_the_period_is_an_answer(string operation)
    {
        await using var backend = await Backend.StartAsync();
        backend.Host.Faults.Add(new Fault(FaultKind.Status) { StatusCode = 404, Body = """{"errors":["none"]}""" });
        var answer = await backend.AskAsync(operation, """{"time_range":"1h"}""");
        answer.IsError.ShouldBeFalse();
        answer.List("events").ShouldBeEmpty();
        answer["total_events"].GetInt32().ShouldBe(0);
        answer["markdown_summary"].GetString()!.ShouldStartWith("No events");
    }

    [Theory]
    [InlineData(200, "null", "null")]
    [InlineData(200, "", "an empty body")]
    [InlineData(200, "{}", "an empty object")]
    [InlineData(200, "7", "number")]
    [InlineData(200, "\"no\"", "string")]
    [InlineData(200, "{\"message\":\"hello\"}", "no list")]
    [InlineData(204, "", "an empty body")]
    public async Task An_odd_answer_is_an_error_that_says_what_came(int status, string body, string what)
    {
        await using var backend = await Backend.StartAsync();
        foreach (var operation in new[] { "get_events", "get_kubernetes_info_events", "get_agent_monitoring_events" })
        {
            backend.Host.Faults.Add(new Fault(FaultKind.Status) { StatusCode = status, Body = body });
            var answer = await backend.AskAsync(operation, """{"time_range":"1h"}""");
            answer.IsError.ShouldBeTrue(answer.Text);
            answer["details"].GetString()!.ShouldContain(what);
            answer["code"].GetString().ShouldBe("unexpected_answer");
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[null,1,[],\"x\"]")]
    [InlineData("""{"items":[]}""")]
    public async Task A_list_without_events_is_no_events(string body)
    {
        await using var backend = await Backend.StartAsync();
        backend.Host.Faults.Add(new Fault(FaultKind.Status) { StatusCode = 200, Body = body });
        (await backend.AskAsync("get_events", """{"time_range":"1h"}"""))["total_events"].GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Without_a_period_it_is_the_last_10_minutes_and_says_so()
    {
        await using var backend = await Backend.StartAsync();
        // The documented example of mcp-instana.
        var answer = await backend.AskAsync("get_events", """{"filters":{"event_type_filters":["INCIDENT"]}}""");
        answer.IsError.ShouldBeFalse(answer.Text);
        answer["time_range"].GetString().ShouldBe("2026-03-10T11:50:00Z to 2026-03-10T12:00:00Z");
        answer.Json.GetProperty("window").GetProperty("length").GetString().ShouldBe("10 minutes");
        answer.List("warnings").ShouldHaveSingleItem().GetString()!.ShouldContain("No period was given");
    }

    [Fact]
    public async Task Filters_that_leave_nothing_say_which_did_it()
    {
        await using var backend = await Backend.StartAsync();
        var answer = await backend.AskAsync("get_events", """{"time_range":"7d","entity_label":"no-such-thing","severity":10}""");
        answer.List("events").ShouldBeEmpty();
        answer["before_filters"].GetInt32().ShouldBe(answer["total_events"].GetInt32());
        answer["before_filters"].GetInt32().ShouldBeGreaterThan(60);
        answer["filter_hint"].GetString()!.ShouldContain("entity_label alone leaves 0");
    }

    [Theory]
    [InlineData("active")]
    [InlineData("ongoing")]
    [InlineData("OPEN")]
    public async Task States_have_synonyms(string state)
    {
        await using var backend = await Backend.StartAsync();
        var answer = await backend.AskAsync("get_events", $$"""{"time_range":"7d","state":"{{state}}"}""");
        answer.List("events").ShouldNotBeEmpty();
        answer.List("events").ShouldAllBe(item => item.GetProperty("state").GetString() == "open");
    }

    [Theory]
    [InlineData("-time")]
    [InlineData("time")]
    [InlineData("severity")]
    [InlineData("-severity")]
    public async Task A_cursor_yields_every_event_once(string sort)
    {
        await using var backend = await Backend.StartAsync();
        var ids = new List<string>();
        string? cursor = null;
        do
        {
            var more = cursor is null ? "" : $$""","cursor":"{{cursor}}" """;
            var page = await backend.AskAsync("get_events", $$"""{"time_range":"36h","sort":"{{sort}}","max_events":7,"max_chars":4000{{more}}}""");
            page.IsError.ShouldBeFalse(page.Text);
            page.Text.Length.ShouldBeLessThanOrEqualTo(4000);
            ids.AddRange(page.List("events").Select(item => item.GetProperty("eventId").GetString()!));
            cursor = page.Json.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
            // Time goes by between the calls; the window stays.
            backend.Time.Advance(TimeSpan.FromMinutes(3));
        }
        while (cursor is not null);
        ids.ShouldBeUnique();
        var all = await backend.AskAsync("get_events", $$"""{"from_time":{{Backend.Noon.AddHours(-36).ToUnixTimeMilliseconds()}},"to_time":{{Backend.Noon.ToUnixTimeMilliseconds()}},"max_events":1000,"max_chars":1000000}""");
        ids.Count.ShouldBe(all["total_events"].GetInt32());
    }

    [Fact]
    public async Task A_cursor_of_another_question_is_refused()
    {
        await using var backend = await Backend.StartAsync();
        var cursor = (await backend.AskAsync("get_events", """{"time_range":"7d","max_events":3}"""))["next_cursor"].GetString();
        var answer = await backend.AskAsync("get_events", $$"""{"time_range":"7d","max_events":3,"severity":10,"cursor":"{{cursor}}"}""");
        answer.IsError.ShouldBeTrue();
        answer["message"].GetString()!.ShouldContain("other parameters");
    }

    [Theory]
    [InlineData("severity")]
    [InlineData("type")]
    [InlineData("entity")]
    [InlineData("problem")]
    [InlineData("hour")]
    public async Task Counts_come_before_the_list(string by)
    {
        await using var backend = await Backend.StartAsync();
        var answer = await backend.AskAsync("get_events", $$"""{"time_range":"7d","aggregate_by":"{{by}}","max_events":1,"max_chars":100000}""");
        var aggregation = answer["aggregation"];
        aggregation.GetProperty("by").GetString().ShouldBe(by);
        if (aggregation.GetProperty("total_groups").GetInt32() <= 50)
            aggregation.GetProperty("groups").EnumerateArray().Sum(group => group.GetProperty("count").GetInt32()).ShouldBe(answer["total_events"].GetInt32());
    }

    [Fact]
    public async Task Who_counts_is_shown_few_events_and_can_go_on()
    {
        await using var backend = await Backend.StartAsync();
        var answer = await backend.AskAsync("get_events", """{"time_range":"7d","aggregate_by":"severity"}""");
        answer.Results.EnumerateObject().First().Name.ShouldBe("aggregation");
        answer.List("events").Count.ShouldBe(5);
        answer.Has("next_cursor").ShouldBeTrue();
        var wrong = await backend.AskAsync("get_events", """{"aggregate_by":"colour"}""");
        wrong.Text.ShouldContain("it takes severity, type, entity, problem, hour, release");
    }

    [Fact]
    public async Task The_page_of_one_event_opens_at_its_time()
    {
        await using var backend = await Backend.StartAsync();
        var one = (await backend.AskAsync("get_events", """{"time_range":"3d","event_type_filters":["ISSUE"],"state":"closed","max_events":1}""")).List("events")[0];
        var answer = await backend.AskAsync("get_event", $$"""{"event_id":"{{one.GetProperty("eventId").GetString()}}"}""");
        var (start, end) = (one.GetProperty("start").GetInt64(), one.GetProperty("end").GetInt64());
        answer["link"].GetString()!.ShouldEndWith($"?timeline.ws={end - start + 3_600_000}&timeline.to={end + 1_800_000}");
    }

    [Theory]
    [InlineData("""{"eventId":7,"start":"soon","type":null,"metrics":null,"probableCause":[]}""")]
    [InlineData("""{"eventId":"x","start":1e300,"end":-1,"metrics":[1,{"metricName":[]}],"recentEvents":{},"probableCause":{"found":"maybe","currentRootCause":[1]}}""")]
    [InlineData("""{"type":"change","start":-99999999999999}""")]
    [InlineData("""{"probableCause":{"currentRootCause":[{"probFailure":"NaN","explainability":[1,{"text":2}]}]}}""")]
    [InlineData("""{"eventId":"x","problem":"half \ud800 a pair","entityLabel":"\udc00"}""")]
    [InlineData("{}")]
    public async Task Odd_events_are_shown_as_far_as_they_make_sense(string item)
    {
        await using var backend = await Backend.StartAsync();
        backend.Host.Faults.Add(new Fault(FaultKind.Status) { StatusCode = 200, Body = $"[{item}]", Count = 2 });
        (await backend.AskAsync("get_events", """{"time_range":"1h"}""")).List("events").Count.ShouldBe(1);
        (await backend.AskAsync("get_agent_monitoring_events", """{"time_range":"1h"}""")).List("events").Count.ShouldBe(1);
    }

    private static async Task<string> IncidentAsync(Backend backend)
    {
        var answer = await backend.AskAsync("get_events", """{"time_range":"24h","severity":10}""");
        return answer.List("events")[0].GetProperty("eventId").GetString()!;
    }
}

internal static class JsonElements
{
    public static bool Has(this JsonElement element, string name) => element.TryGetProperty(name, out _);
}
