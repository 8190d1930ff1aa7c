using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Instana.Connections;
using Granary.Instana.Tests.Support;

namespace Granary.Instana.Tests.Operations;

/// <summary>What the one engine does for every row.</summary>
public class EngineTests
{
    private const string Event = """{"eventId":"e1","start":1773143000000,"type":"incident","state":"open","problem":"P","severity":10,"entityLabel":"cart","entityType":"SERVICE"}""";

    [Theory]
    [InlineData("""{"operation":"get_events","time_range":"1h"}""")]
    [InlineData("""{"operation":"get_events","params":{"time_range":"1h"}}""")]
    [InlineData("""{"operation":"get_events","params":"{\"time_range\":\"1h\"}"}""")]
    [InlineData("""{"operation":"get_events","params":{"filters":"{\"time_range\":\"1h\"}"}}""")]
    [InlineData("""{"operation":"get_events","params":{},"filters":{"time_range":"1h"}}""")]
    [InlineData("""{"operation":"get_events","params":null,"time_range":"1h"}""")]
    [InlineData("""{"operation":"get_events","params":{"time_range":"1h"},"time_range":"1h"}""")]
    [InlineData("""{"Operation":"getEvents","Params":{"timeRange":"1h"}}""")]
    public async Task Arguments_beside_params_are_part_of_them(string arguments)
    {
        var backend = FakeBackend.Saying($"[{Event}]");
        var answer = await backend.AskAsync("manage_events", arguments);
        answer.IsError.ShouldBeFalse(answer.Text);
        answer["time_range"].GetString().ShouldBe("2026-03-10T11:00:00Z to 2026-03-10T12:00:00Z");
    }

    [Theory]
    [InlineData("""{"operation":"get_events","params":{"time_range":"1h"},"time_range":"2h"}""", "time_range")]
    [InlineData("""{"operation":"get_events","params":{"filters":{"state":"open"}},"state":"closed"}""", "state")]
    [InlineData("""{"operation":"get_events","colour":"red"}""", "colour")]
    public async Task Arguments_that_contradict_or_are_unknown_are_refused(string arguments, string field)
    {
        var backend = FakeBackend.Saying($"[{Event}]");
        var answer = await backend.AskAsync("manage_events", arguments);
        answer.IsError.ShouldBeTrue(answer.Text);
        answer["message"].GetString()!.ShouldContain(field);
        backend.Seen.ShouldBeEmpty();
    }

    [SharedFact]
    public async Task The_vectors_of_silence_are_told_aloud()
    {
        using var vectors = JsonDocument.Parse(SharedVectors.Vector("silent-nothing.json"));
        foreach (var reply in vectors.RootElement.GetProperty("all_clear_forbidden").EnumerateArray())
        {
            var backend = FakeBackend.Saying(reply.GetProperty("body").GetString()!, reply.GetProperty("status").GetInt32());
            (await backend.AskAsync("manage_events", """{"operation":"get_events"}""")).IsError.ShouldBeTrue(reply.GetRawText());
        }
        var events = FakeBackend.Saying($"[{Event}]");
        foreach (var filter in vectors.RootElement.GetProperty("filters").EnumerateArray())
        {
            var answer = await events.AskAsync("manage_events", $$"""{"operation":"get_events","params":{"filters":{{filter.GetRawText()}} } }""");
            answer.List("events").ShouldHaveSingleItem(filter.GetRawText());
        }
        foreach (var beside in vectors.RootElement.GetProperty("beside_params").EnumerateArray())
        {
            var arguments = JsonNode.Parse(beside.GetRawText())!.AsObject();
            arguments["operation"] = "get_events";
            (await events.AskAsync("manage_events", arguments.ToJsonString())).IsError.ShouldBeFalse(beside.GetRawText());
        }
    }

    [Fact]
    public async Task A_catalog_is_answered_from_the_cache_until_its_time_is_over()
    {
        const string Call = """{"resource_type":"catalog","operation":"get_metric_catalog"}""";
        var backend = FakeBackend.Saying("""[{"metricId":"calls","label":"Calls","aggregations":["SUM"]}]""");
        var first = await backend.AskAsync("manage_applications", Call);
        var second = await backend.AskAsync("manage_applications", Call);
        second.Text.ShouldBe(first.Text);
        backend.Seen.Count.ShouldBe(1);
        // Another credential has a cache of its own.
        await backend.AskAsync("manage_applications", Call, backend.Connect("token-2"));
        backend.Seen.Count.ShouldBe(2);
        backend.Time.Advance(backend.Options.CacheTtl + TimeSpan.FromSeconds(1));
        await backend.AskAsync("manage_applications", Call);
        backend.Seen.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_catalog_is_forgotten_when_the_credential_is_refused()
    {
        const string Call = """{"resource_type":"catalog","operation":"get_metric_catalog"}""";
        var backend = FakeBackend.Saying("""[{"metricId":"calls","label":"Calls","aggregations":["SUM"]}]""");
        (await backend.AskAsync("manage_applications", Call)).IsError.ShouldBeFalse();
        backend.Answer = (_, _) => (401, "");
        (await backend.AskAsync("manage_events", """{"operation":"get_events"}""")).IsError.ShouldBeTrue();
        (await backend.AskAsync("manage_applications", Call)).IsError.ShouldBeTrue();
    }

    [Fact]
    public async Task An_operation_of_another_resource_type_says_where_it_belongs()
    {
        var answer = await FakeBackend.Saying("[]").AskAsync("manage_applications", """{"resource_type":"metrics","operation":"get_services"}""");
        answer.IsError.ShouldBeTrue();
        answer["required_action"].GetProperty("resource_type").GetString().ShouldBe("resources");
        answer = await FakeBackend.Saying("[]").AskAsync("manage_applications", """{"resource_type":"resourcs","operation":"get_services"}""");
        answer["reason"].GetString().ShouldBe("invalid_resource_type");
        answer["message"].GetString()!.ShouldContain("Did you mean 'resources'?");
    }

    [Fact]
    public async Task What_cannot_be_undone_is_confirmed_first()
    {
        var backend = FakeBackend.Saying("", 204);
        var asked = await backend.AskAsync("manage_releases", """{"operation":"delete_release","params":{"release_id":"r1"}}""");
        asked.IsError.ShouldBeTrue();
        asked["reason"].GetString().ShouldBe("confirmation_required");
        backend.Seen.ShouldBeEmpty();
        (await backend.AskAsync("manage_releases", """{"operation":"delete_release","params":{"release_id":"r1","confirm":true}}""")).IsError.ShouldBeFalse();
        backend.Seen.ShouldHaveSingleItem().Method.ShouldBe("DELETE");
    }

    [Fact]
    public async Task A_dry_run_shows_the_request_and_the_difference_and_changes_nothing()
    {
        var backend = FakeBackend.Saying("""{"id":"r1","name":"old","start":1760000000000}""");
        var shown = await backend.AskAsync(
            "manage_releases", """{"operation":"update_release","params":{"release_id":"r1","name":"new","start":1760000000000,"dry_run":true}}""");
        shown.IsError.ShouldBeFalse(shown.Text);
        shown["request"].GetProperty("method").GetString().ShouldBe("PUT");
        shown["request"].GetProperty("path").GetString().ShouldBe("/api/releases/r1");
        var difference = shown.List("difference").ShouldHaveSingleItem();
        difference.GetProperty("field").GetString().ShouldBe("name");
        (difference.GetProperty("before").GetString(), difference.GetProperty("after").GetString()).ShouldBe(("old", "new"));
        backend.Seen.ShouldHaveSingleItem().Method.ShouldBe("GET");
    }

    [Fact]
    public async Task A_nested_or_filter_survives_and_a_flat_endpoint_refuses_it()
    {
        const string Filter = """{"type":"EXPRESSION","logicalOperator":"OR","elements":[{"type":"TAG_FILTER","name":"beacon.page.name","operator":"EQUALS","entity":"NOT_APPLICABLE","value":"a"},{"type":"TAG_FILTER","name":"beacon.page.name","operator":"EQUALS","entity":"NOT_APPLICABLE","value":"b"}]}""";
        var backend = new FakeBackend((request, _) => (200, request.RequestUri!.AbsolutePath.Contains("catalog") ? "[]" : """{"items":[],"canLoadMore":false}"""));
        (await backend.AskAsync(
            "manage_websites",
            $$$"""{"resource_type":"analyze","operation":"get_beacon_groups","params":{"metrics":[{"metric":"beaconCount","aggregation":"SUM"}],"group":{"groupbyTag":"beacon.page.name","groupbyTagEntity":"NOT_APPLICABLE"},"tag_filter_expression":{{{Filter}}}}}""")).IsError.ShouldBeFalse();
        var body = JsonNode.Parse(backend.Seen[^1].Body!)!;
        JsonNode.DeepEquals(body["tagFilterExpression"], JsonNode.Parse(Filter)).ShouldBeTrue(body.ToJsonString());
        var refused = await backend.AskAsync(
            "manage_websites", $$$"""{"resource_type":"analyze","operation":"get_beacons","params":{"beacon_type":"PAGELOAD","tag_filter_expression":{{{Filter}}}}}""");
        refused.IsError.ShouldBeTrue();
        refused["message"].GetString()!.ShouldContain("OR");
    }

    [Fact]
    public async Task Metrics_are_checked_against_the_live_catalog_once()
    {
        var backend = new FakeBackend((request, _) => request.RequestUri!.AbsolutePath.EndsWith("catalog/metrics", StringComparison.Ordinal)
            ? (200, """[{"metricId":"calls","aggregations":["SUM","PER_SECOND"]},{"metricId":"latency","aggregations":["MEAN"]}]""")
            : (200, """{"items":[],"canLoadMore":false}"""));
        var wrong = await backend.AskAsync(
            "manage_applications", """{"resource_type":"metrics","operation":"get_grouped_calls_metrics","params":{"metrics":[{"metric":"callz","aggregation":"SUM"},{"metric":"latency","aggregation":"SUM"}]}}""");
        wrong.IsError.ShouldBeTrue();
        wrong["message"].GetString()!.ShouldContain("Did you mean 'calls'?");
        wrong["message"].GetString()!.ShouldContain("latency has no aggregation SUM; it has MEAN");
        var right = await backend.AskAsync(
            "manage_applications", """{"resource_type":"metrics","operation":"get_grouped_calls_metrics","params":{"metrics":[{"metric":"calls","aggregation":"sum"}]}}""");
        right.IsError.ShouldBeFalse(right.Text);
        backend.Seen.Count(request => request.Path.EndsWith("catalog/metrics", StringComparison.Ordinal)).ShouldBe(1);
        // Another credential has a cache of its own.
        await backend.AskAsync(
            "manage_applications", """{"resource_type":"metrics","operation":"get_grouped_calls_metrics","params":{"metrics":[{"metric":"calls","aggregation":"SUM"}]}}""", backend.Connect("token-2"));
        backend.Seen.Count(request => request.Path.EndsWith("catalog/metrics", StringComparison.Ordinal) && request.Token.EndsWith('2')).ShouldBe(1);
    }

    [Theory]
    [InlineData("Robot Shop", "app-1", null)]
    [InlineData("robot shop", "app-1", null)]
    [InlineData("Robot", null, "Did you mean")]
    [InlineData("Robt Shop", null, "Did you mean 'Robot Shop'?")]
    public async Task A_name_stands_for_one_id_exactly(string name, string? id, string? hint)
    {
        var backend = new FakeBackend((request, _) => request.RequestUri!.AbsolutePath == "/api/application-monitoring/applications"
            ? (200, request.RequestUri.Query.Contains("Robt") ? """{"items":[],"page":1,"pageSize":200,"totalHits":0}"""
                : """{"items":[{"id":"app-1","label":"Robot Shop"},{"id":"app-2","label":"Robots"}],"page":1,"pageSize":200,"totalHits":2}""")
            : (200, "[]"));
        var answer = await backend.AskAsync("manage_applications", $$"""{"resource_type":"alert_config","operation":"find_active","params":{"application_name":"{{name}}"} }""");
        answer.IsError.ShouldBe(id is null, answer.Text);
        if (id is not null)
            backend.Seen[^1].Query.ShouldContain($"applicationId={id}");
        else
            answer["message"].GetString()!.ShouldContain(hint!);
    }

    [Fact]
    public async Task A_long_list_is_cut_by_items_and_a_cursor_gives_the_rest()
    {
        var all = string.Join(',', Enumerable.Range(0, 500).Select(i => $$"""{"id":"w{{i}}","name":"website number {{i}} {{new string('x', 100)}}"}"""));
        var backend = FakeBackend.Saying($"[{all}]");
        var ids = new List<string>();
        string? cursor = null;
        do
        {
            var call = new JsonObject { ["resource_type"] = "configuration", ["operation"] = "get_all", ["params"] = new JsonObject { ["max_chars"] = 10_000 } };
            if (cursor is not null)
                call["params"]!["cursor"] = cursor;
            var page = await backend.AskAsync("manage_websites", call.ToJsonString());
            page.IsError.ShouldBeFalse(page.Text);
            page.Text.Length.ShouldBeLessThanOrEqualTo(10_000);
            page["total"].GetInt32().ShouldBe(500);
            ids.AddRange(page.List("items").Select(item => item.GetProperty("id").GetString()!));
            cursor = page.Json.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        ids.ShouldBe(Enumerable.Range(0, 500).Select(i => $"w{i}"));
    }

    [Fact]
    public async Task A_long_object_is_shortened_by_structure_and_says_what_is_missing()
    {
        var widgets = string.Join(',', Enumerable.Range(0, 300).Select(i => $$"""{"id":"{{i}}","config":{"text":"{{new string('y', 3000)}}"} }"""));
        var answer = await FakeBackend.Saying($$"""{"id":"d1","title":"T","widgets":[{{widgets}}]}""").AskAsync("manage_custom_dashboards", """{"operation":"get","params":{"dashboard_id":"d1"}}""");
        answer.IsError.ShouldBeFalse(answer.Text);
        answer.Text.Length.ShouldBeLessThanOrEqualTo(20_000);
        answer["title"].GetString().ShouldBe("T");
        answer.Json.GetProperty("omitted").EnumerateObject().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task The_backends_cursor_goes_on_behind_the_last_item_shown()
    {
        static string Item(int i) => $$"""{"name":"service-{{i}}-{{new string('z', 200)}}","cursor":{"@class":".IngestionOffsetCursor","ingestionTime":77,"offset":{{i}} },"metrics":{} }""";
        var backend = new FakeBackend((request, body) =>
        {
            if (request.RequestUri!.AbsolutePath.Contains("catalog", StringComparison.Ordinal))
                return (200, "[]");
            var from = (int?)JsonNode.Parse(body!)!["pagination"]?["offset"]?.GetValue<int>() ?? 0;
            var items = Enumerable.Range(from + 1, Math.Min(20, 90 - from)).Select(Item);
            return (200, $$"""{"items":[{{string.Join(',', items)}}],"canLoadMore":{{(from + 20 < 90 ? "true" : "false")}},"totalHits":90}""");
        });
        var names = new List<string>();
        string? cursor = null;
        do
        {
            var call = new JsonObject { ["resource_type"] = "metrics", ["operation"] = "get_grouped_calls_metrics", ["params"] = new JsonObject { ["max_chars"] = 4000 } };
            if (cursor is not null)
                call["params"]!["cursor"] = cursor;
            var page = await backend.AskAsync("manage_applications", call.ToJsonString());
            page.IsError.ShouldBeFalse(page.Text);
            names.AddRange(page.List("items").Select(item => item.GetProperty("name").GetString()!.Split('-')[1]));
            cursor = page.Json.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        names.ShouldBe(Enumerable.Range(1, 90).Select(i => $"{i}"));
    }

    [Fact]
    public async Task Equal_reads_under_way_are_one_request()
    {
        var backend = FakeBackend.Saying(Event);
        backend.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = Enumerable.Range(0, 10).Select(_ => backend.AskAsync("manage_events", """{"operation":"get_event","params":{"event_id":"e1"}}""")).ToList();
        backend.Gate.SetResult();
        (await Task.WhenAll(calls)).ShouldAllBe(answer => !answer.IsError);
        backend.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task One_429_with_calls_left_locks_nothing()
    {
        var backend = FakeBackend.Saying("""{"errors":["slow down"]}""", 429);
        backend.Headers["X-RateLimit-Remaining"] = "9800";
        backend.Headers["X-RateLimit-Reset"] = $"{Backend.Noon.AddMinutes(38).ToUnixTimeSeconds()}";
        (await backend.AskAsync("manage_events", """{"operation":"get_events"}"""))["status_code"].GetInt32().ShouldBe(429);
        backend.Answer = (_, _) => (200, $"[{Event}]");
        (await backend.AskAsync("manage_events", """{"operation":"get_events"}""")).IsError.ShouldBeFalse();
    }

    [Theory]
    [InlineData(408)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task Reads_are_tried_again_and_writes_are_not(int status)
    {
        var tries = 0;
        var backend = new FakeBackend(
            (_, _) => Interlocked.Increment(ref tries) < 3 ? (status, "") : (200, $"[{Event}]"),
            new InstanaOptions { Retry = new RetryOptions { BaseDelay = TimeSpan.FromMilliseconds(1), MaxRetries = 3 } });
        var call = backend.AskAsync("manage_events", """{"operation":"get_events"}""");
        await Eventually.IsAsync(() =>
        {
            backend.Time.Advance(TimeSpan.FromMilliseconds(50));
            return call.IsCompleted;
        });
        (await call).IsError.ShouldBeFalse();
        tries = 0;
        (await backend.AskAsync("manage_releases", """{"operation":"create_release","params":{"name":"n","start":1773143000000}}""")).IsError.ShouldBeTrue();
        tries.ShouldBe(1);
    }

    [Fact]
    public async Task A_window_of_90_minutes_is_90_minutes()
    {
        var backend = FakeBackend.Saying("", 200);
        var answer = await backend.AskAsync(
            "manage_maintenance_windows",
            """{"operation":"create","params":{"imap_code":"EAL-1","start_time":"2026-12-01T22:00:00Z","duration_minutes":90,"reason":"deployment"}}""");
        answer.IsError.ShouldBeFalse(answer.Text);
        var (method, path, _, body, _) = backend.Seen.ShouldHaveSingleItem();
        method.ShouldBe("PUT");
        path.ShouldMatch("^/api/settings/v2/maintenance/[0-9a-f]{16}$");
        var window = JsonNode.Parse(body!)!;
        window["scheduling"]!["duration"]!.ToJsonString().ShouldBe("""{"amount":90,"unit":"MINUTES"}""");
        window["name"]!.GetValue<string>().ShouldBe("EAL-1_deployment_2026_12_01");
        window["query"]!.GetValue<string>().ShouldBe("entity.tag:imap=EAL-1");
    }
}
