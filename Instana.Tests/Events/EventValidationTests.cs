using Granary.Instana.Tests.Support;

namespace Granary.Instana.Tests.Events;

public class EventValidationTests
{
    [Theory]
    [InlineData("get_event", "{}", "event_id", "required")]
    [InlineData("get_event", """{"event_id":""}""", "event_id", "required")]
    [InlineData("get_event", """{"event_id":["x"]}""", "event_id", "a string")]
    [InlineData("get_event", """{"event_id":"../settings"}""", "event_id", "not an id")]
    [InlineData("get_events_by_ids", "{}", "event_ids", "required")]
    [InlineData("get_events_by_ids", """{"event_ids":[]}""", "event_ids", "required")]
    [InlineData("get_events_by_ids", """{"event_ids":{}}""", "event_ids", "a list of strings")]
    [InlineData("get_events", """{"time_range":"soon"}""", "time_range", "not a time range")]
    [InlineData("get_events", """{"time_range":"lst week"}""", "time_range", "Did you mean \"last week\"")]
    [InlineData("get_events", """{"time_range":"91d"}""", "time_range", "at most 90 days")]
    [InlineData("get_events", """{"time_range":"1h","from_time":"now-2h"}""", "time_range", "one of them")]
    [InlineData("get_events", """{"servity":10}""", "servity", "Did you mean 'severity'?")]
    [InlineData("get_events", """{"state":"opne"}""", "state", "Did you mean 'open'?")]
    [InlineData("get_events", """{"cursor":"bm90IG9uZSBvZiBvdXJz"}""", "cursor", "not one that this server gave")]
    [InlineData("get_events", """{"max_chars":10}""", "max_chars", "from 1000")]
    [InlineData("get_events", """{"from_time":"now-1h","to_time":"now-2h"}""", "from_time", "before to_time")]
    [InlineData("get_events", """{"from_time":"now-1s","to_time":"now-1s"}""", "from_time", "before to_time")]
    [InlineData("get_events", """{"from_time":1577836799999}""", "from_time", "2020-01-01")]
    [InlineData("get_events", """{"from_time":1760000000}""", "from_time", "seconds")]
    [InlineData("get_events", """{"from_time":"2026-03-10T12:02:00Z"}""", "from_time", "future")]
    [InlineData("get_events", """{"from_time":"2025-12-10T11:59:59Z"}""", "from_time", "at most 90 days")]
    [InlineData("get_events", """{"time_range":"90d","to_time":"2020-01-02"}""", "time_range", "2020-01-01")]
    [InlineData("get_events", """{"from_time":"2026-03-10 10:00|Nowhere/Land"}""", "from_time", "time zone")]
    [InlineData("get_events", """{"from_time":[]}""", "from_time", "a moment")]
    [InlineData("get_events", """{"time_range":"1h","max_events":0}""", "max_events", "from 1 to 1000")]
    [InlineData("get_events", """{"time_range":"1h","max_events":1001}""", "max_events", "from 1 to 1000")]
    [InlineData("get_events", """{"time_range":"1h","severity":7}""", "severity", "no value '7'")]
    [InlineData("get_events", """{"time_range":"1h","event_type_filters":["INCDENT"]}""", "event_type_filters", "Did you mean 'INCIDENT'?")]
    [InlineData("get_events", """{"time_range":"1h","rca":"maybe"}""", "rca", "true or false")]
    [InlineData("get_events", """{"filters":{"time_range":"1h","entity_type":"HOST"}}""", "filters.entity_type", "no value 'HOST'")]
    public async Task Wrong_input_is_answered_before_the_backend_is_asked(string operation, string json, string field, string reason)
    {
        await using var backend = await Backend.StartAsync();
        var answer = await backend.AskAsync(operation, json);
        answer.IsError.ShouldBeTrue(answer.Text);
        backend.Host.Requests.Total.ShouldBe(0);
        answer["operation"].GetString().ShouldBe(operation);
        answer["elicitation_needed"].GetBoolean().ShouldBeTrue();
        answer["reason"].GetString().ShouldNotBeNullOrEmpty();
        answer["message"].GetString()!.ShouldContain(reason);
        answer.List("api_error").Count.ShouldBe(1);
        answer["validation_failed"].GetBoolean().ShouldBeTrue();
        answer["valid"].GetBoolean().ShouldBeFalse();
        answer["error_count"].GetInt32().ShouldBe(1);
        var problem = answer.List("errors").ShouldHaveSingleItem();
        problem.GetProperty("field").GetString().ShouldBe(field);
        problem.GetProperty("message").GetString()!.ShouldContain(reason);
    }

    [Fact]
    public async Task All_problems_come_in_one_answer_with_what_would_be_right()
    {
        await using var backend = await Backend.StartAsync();
        var answer = await backend.AskAsync("get_events", """{"filters":{"max_events":0,"severity":7,"rca":"x","entity_type":"y"}}""");
        answer["error_count"].GetInt32().ShouldBe(4);
        answer.List("errors").Select(error => error.GetProperty("field").GetString()).ShouldBe(
            ["filters.max_events", "filters.severity", "filters.rca", "filters.entity_type"]);
        answer.List("errors")[1].GetProperty("valid_values").EnumerateArray().Select(value => value.GetString()).ShouldBe(["10", "5", "-1", "-2"]);
    }

    [Fact]
    public async Task The_longest_period_is_90_days_and_a_range_may_end_earlier()
    {
        await using var backend = await Backend.StartAsync();
        (await backend.AskAsync("get_events", """{"from_time":"2025-12-10T12:00:00Z"}""")).IsError.ShouldBeFalse();
        var earlier = await backend.AskAsync("get_events", """{"time_range":"2h","to_time":"2026-03-01T00:00:00+01:00"}""");
        earlier["time_range"].GetString().ShouldBe("2026-02-28T21:00:00Z to 2026-02-28T23:00:00Z");
    }
}
