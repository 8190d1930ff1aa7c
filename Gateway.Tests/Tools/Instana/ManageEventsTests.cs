using System.Text.Json;
using Granary.Gateway.Tests.EndToEnd;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Tools.Instana;

/// <summary>All operations of <c>manage_events</c> over HTTP, with a backend that answers.</summary>
public sealed class ManageEventsTests
{
    private const string Days = """{"time_range":"last 3 days","max_events":1000}""";

    [Fact]
    public async Task Each_operation_answers_with_structure_and_a_short_text()
    {
        await using var backend = await Backend.StartAsync();
        var listed = await backend.CallAsync("get_events", Days);
        var events = Results(listed).GetProperty("events").EnumerateArray().ToList();
        events.Count.ShouldBeGreaterThan(2);
        var ids = events.Take(3).Select(Id).ToList();

        var one = await backend.CallAsync("get_event", $$"""{"event_id":"{{ids[0]}}"}""");
        Results(one).GetProperty("eventId").GetString().ShouldBe(ids[0]);

        var several = await backend.CallAsync("get_events_by_ids", $$"""{"event_ids":{{JsonSerializer.Serialize(ids)}} }""");
        Results(several).GetProperty("events").EnumerateArray().Select(Id).ShouldBe(ids, ignoreOrder: true);

        var kubernetes = await backend.CallAsync("get_kubernetes_info_events", Days);
        Results(kubernetes).GetProperty("markdown_summary").GetString().ShouldNotBeNullOrWhiteSpace();
        var agents = await backend.CallAsync("get_agent_monitoring_events", Days);
        Results(agents).TryGetProperty("problem_analyses", out _).ShouldBeTrue();

        foreach (var reply in new[] { listed, one, several, kubernetes, agents })
        {
            reply.Structured.GetProperty("operation").GetString().ShouldNotBeNullOrEmpty();
            // An answer is paid for once: a long one is in the structure only.
            if (reply.Structured.GetRawText().Length > 2500)
                reply.Text.Length.ShouldBeLessThan(200);
        }
        backend.Simulator.Requests.Seen.Select(r => $"{r.Method} {r.Path}").ShouldBe(
        [
            "GET /api/events", $"GET /api/events/{ids[0]}", "POST /api/events",
            "GET /api/events/kubernetes-info-events", "GET /api/events/agent-monitoring-events",
        ]);
    }

    [Theory]
    [InlineData("2025-03-26", false)]
    [InlineData("2025-06-18", true)]
    [InlineData("2025-11-25", true)]
    public async Task A_long_answer_is_sent_once_where_the_client_reads_it(string revision, bool inStructure)
    {
        await using var backend = await Backend.StartAsync();
        using var http = new McpHttp(backend.Gateway.Client.Root);
        foreach (var (name, value) in backend.Headers())
            http.Always[name] = value;
        var session = await http.InitializeAsync(revision);
        var answer = await http.PostAsync(McpRequest.Legacy(
            "tools/call", $$"""{"name":"manage_events","arguments":{"operation":"get_events","params":{{Days}} } }""", session, revision));
        (answer.ToolText.Length > 2500).ShouldBe(!inStructure);
        (answer.Result["structuredContent"] is not null).ShouldBe(inStructure);
    }

    [Fact]
    public async Task Every_tool_tells_what_it_answers()
    {
        await using var backend = await Backend.StartAsync();
        foreach (var (name, tool) in await backend.Gateway.Client.ListAsync())
        {
            if (!name.StartsWith("manage_", StringComparison.Ordinal))
                continue;
            var schema = tool.GetProperty("outputSchema");
            schema.GetProperty("type").GetString().ShouldBe("object");
            schema.GetProperty("properties").TryGetProperty("results", out _).ShouldBeTrue();
        }
        // Compact, because a model pays for every space.
        (await backend.CallAsync("get_events", """{"time_range":"last 3 days","aggregate_by":"severity","max_events":1,"colour":1}""")).Failure().ShouldNotContain("\n  ");
    }

    [Fact]
    public async Task Filters_reach_the_backend_or_are_applied_here()
    {
        await using var backend = await Backend.StartAsync();
        var incidents = (await backend.CallAsync(
            "get_events", """{"filters":{"time_range":"last 3 days","event_type_filters":["INCIDENT"],"severity":10,"max_events":2}}""")).Success().GetProperty("results");
        backend.Simulator.Requests.Seen[0].Query.ShouldContain("eventTypeFilters=INCIDENT");
        incidents.GetProperty("events").EnumerateArray().ShouldAllBe(e => e.GetProperty("type").GetString() == "incident" && e.GetProperty("severity").GetInt32() == 10);
        incidents.GetProperty("events_returned").GetInt32().ShouldBeLessThanOrEqualTo(2);
        incidents.GetProperty("total_events").GetInt32().ShouldBeGreaterThanOrEqualTo(incidents.GetProperty("events_returned").GetInt32());
    }

    [Theory]
    [InlineData("get_event", "{}", "event_id")]
    [InlineData("get_event", """{"event_id":{}}""", "event_id")]
    [InlineData("get_events_by_ids", "{}", "event_ids")]
    [InlineData("get_events_by_ids", """{"event_ids":[]}""", "event_ids")]
    [InlineData("get_events", """{"time_range":"soon"}""", "time_range")]
    [InlineData("get_events", """{"time_range":"last 100 days"}""", "time_range")]
    [InlineData("get_events", """{"time_range":"last 2 hours","max_events":0}""", "max_events")]
    [InlineData("get_events", """{"time_range":"last 2 hours","max_events":1001}""", "max_events")]
    [InlineData("get_events", """{"time_range":"last 2 hours","event_type_filters":["BUG"]}""", "event_type_filters")]
    [InlineData("get_events", "[]", "params")]
    [InlineData("get_events", "7", "params")]
    [InlineData("delete_event", "{}", "valid_operations")]
    public async Task What_is_wrong_is_said_before_anything_is_asked(string operation, string parameters, string names)
    {
        await using var backend = await Backend.StartAsync();
        (await backend.CallAsync(operation, parameters)).Failure().ShouldContain(names);
        backend.Simulator.Requests.Total.ShouldBe(0);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"operation":null}""")]
    [InlineData("""{"operation":7}""")]
    [InlineData("""{"operation":["get_events"]}""")]
    public async Task An_operation_that_is_none_is_refused_with_the_valid_ones(string arguments)
    {
        await using var backend = await Backend.StartAsync();
        (await backend.Gateway.Client.CallAsync("manage_events", arguments, backend.Headers())).Failure().ShouldContain("get_kubernetes_info_events");
        backend.Simulator.Requests.Total.ShouldBe(0);
    }

    [Fact]
    public async Task Params_may_be_a_json_text_as_some_models_send_it()
    {
        await using var backend = await Backend.StartAsync();
        (await backend.CallAsync("get_events", "\"{\\\"time_range\\\":\\\"last 3 days\\\"}\"")).Success();
    }

    private static JsonElement Results(ToolReply reply) => reply.Success().GetProperty("results");

    private static string Id(JsonElement item) => item.GetProperty("eventId").GetString()!;
}
