using System.Text.Json.Nodes;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Tools.Instana;

/// <summary>What a person at the client is asked: missing parameters, and a yes before what cannot be undone.</summary>
public sealed class QuestionTests
{
    private const string Form = """{"elicitation":{"form":{}}}""";

    private const string Delete = """{"operation":"delete","params":{}}""";

    [Fact]
    public async Task What_is_missing_is_asked_for_and_then_the_yes()
    {
        await using var backend = await Backend.StartAsync();
        using var http = Client(backend);
        var first = await http.CallAsync("manage_custom_dashboards", Delete, Form);
        var field = first.Result["inputRequests"]!["parameters"]!["params"]!["requestedSchema"]!["properties"]!["dashboard_id"]!;
        ((string)field["type"]!).ShouldBe("string");
        backend.Simulator.Requests.Seen.ShouldBeEmpty();

        var second = await http.PostAsync(Answer(Delete, first, "parameters", """{"dashboard_id":"dash-1"}"""));
        var message = (string)second.Result["inputRequests"]!["confirm"]!["params"]!["message"]!;
        message.ShouldContain("dash-1");
        backend.Simulator.Requests.Seen.ShouldNotContain(request => request.Method == "DELETE");

        var third = await http.PostAsync(Answer(Delete, second, "confirm", """{"confirm":true}"""));
        third.IsToolError.ShouldBeFalse(third.Text);
        backend.Simulator.Requests.Seen.Select(request => $"{request.Method} {request.Path}").ShouldBe(["DELETE /api/custom-dashboard/dash-1"]);
    }

    [Theory]
    [InlineData("""{"action":"decline"}""")]
    [InlineData("""{"action":"cancel"}""")]
    [InlineData("""{"action":"accept","content":{}}""")]
    public async Task Without_an_answer_the_call_fails_as_it_would_have(string response)
    {
        await using var backend = await Backend.StartAsync();
        using var http = Client(backend);
        var first = await http.CallAsync("manage_custom_dashboards", Delete, Form);
        var answer = await http.PostAsync(Retry(Delete, first, "parameters", response));
        answer.IsToolError.ShouldBeTrue(answer.Text);
        answer.ToolText.ShouldContain("dashboard_id is required");
        backend.Simulator.Requests.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_no_changes_nothing()
    {
        const string Call = """{"operation":"delete","params":{"dashboard_id":"dash-1"}}""";
        await using var backend = await Backend.StartAsync();
        using var http = Client(backend);
        var first = await http.CallAsync("manage_custom_dashboards", Call, Form);
        var answer = await http.PostAsync(Answer(Call, first, "confirm", """{"confirm":false}"""));
        answer.IsToolError.ShouldBeTrue(answer.Text);
        answer.ToolText.ShouldContain("nothing was changed");
        backend.Simulator.Requests.Seen.ShouldNotContain(request => request.Method == "DELETE");
    }

    [Theory]
    [InlineData("manage_releases", """{"operation":"create_release","params":{"name":"r"}}""", "start", "string")]
    [InlineData("manage_websites", """{"resource_type":"catalog","operation":"get_tag_catalog","params":{"use_case":"GROUPING"}}""", "beacon_type", "string")]
    [InlineData("manage_slo", """{"resource_type":"report","operation":"explain"}""", "slo_id", "string")]
    public async Task Every_simple_parameter_has_a_field(string tool, string arguments, string name, string type)
    {
        await using var backend = await Backend.StartAsync();
        using var http = Client(backend);
        var asked = await http.CallAsync(tool, arguments, Form);
        ((string)asked.Result["inputRequests"]!["parameters"]!["params"]!["requestedSchema"]!["properties"]![name]!["type"]!).ShouldBe(type);
    }

    [Theory]
    [InlineData("""{"resource_type":"analyze","operation":"get_entities","params":{}}""")]
    [InlineData("""{"resource_type":"analyze","operation":"get_entities","params":{"payload":{}}}""")]
    [InlineData("""{"resource_type":"analyze","operation":"get_entities","params":{"Payload":{"pagination":{"retrievalSize":7}}}}""")]
    public async Task A_field_that_the_payload_lacks_is_asked_for_and_goes_into_it(string arguments)
    {
        await using var backend = await Backend.StartAsync();
        using var http = Client(backend);
        var first = await http.CallAsync("manage_infrastructure", arguments, Form);
        var schema = first.Result["inputRequests"]!["parameters"]!["params"]!["requestedSchema"]!;
        ((string)schema["properties"]!["payload.type"]!["type"]!).ShouldBe("string");
        schema["required"]!.AsArray().Select(name => (string)name!).ShouldBe(["payload.type"]);
        backend.Simulator.Requests.Seen.ShouldNotContain(request => request.Method == "POST");
        var second = await http.PostAsync(Answer(arguments, first, "parameters", """{"payload.type":"host"}""", "manage_infrastructure"));
        second.IsToolError.ShouldBeFalse(second.Text);
        var body = JsonNode.Parse(backend.Simulator.Requests.Seen.Single(request => request.Method == "POST").Body!)!;
        ((string)body["type"]!).ShouldBe("host");
        // What the payload had stays in it.
        body.ToJsonString().Contains("\"retrievalSize\":7", StringComparison.Ordinal).ShouldBe(arguments.Contains("\"retrievalSize\":7", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_object_that_is_missing_is_asked_for_by_its_fields()
    {
        const string Call = """{"resource_type":"analyze","operation":"get_beacon_groups","params":{"beacon_type":"PAGELOAD","metrics":[{"metric":"beaconCount","aggregation":"SUM"}],"time_range":"1h"}}""";
        await using var backend = await Backend.StartAsync();
        using var http = Client(backend);
        var first = await http.CallAsync("manage_websites", Call, Form);
        var fields = first.Result["inputRequests"]!["parameters"]!["params"]!["requestedSchema"]!["properties"]!.AsObject();
        fields.Select(field => field.Key).ShouldBe(["group.groupbyTag", "group.groupbyTagEntity"]);
        var second = await http.PostAsync(
            Answer(Call, first, "parameters", """{"group.groupbyTag":"beacon.page.name","group.groupbyTagEntity":"NOT_APPLICABLE"}""", "manage_websites"));
        second.IsToolError.ShouldBeFalse(second.Text);
        var body = JsonNode.Parse(backend.Simulator.Requests.Seen.Single(request => request.Method == "POST").Body!)!;
        ((string)body["group"]!["groupbyTag"]!).ShouldBe("beacon.page.name");
    }

    [Theory]
    [InlineData("manage_infrastructure", """{"resource_type":"analyze","operation":"get_entities","params":{"payload":"{\"metrics\":[]}"}}""")]
    [InlineData("manage_slo", """{"resource_type":"configuration","operation":"create","params":{}}""")]
    [InlineData("manage_slo", """{"resource_type":"report","operation":"explain","params":{"colour":"red"}}""")]
    [InlineData("manage_slo", """{"resource_type":"report","operation":"explian","params":{}}""")]
    public async Task What_no_form_can_mend_is_told_to_the_model(string tool, string arguments)
    {
        await using var backend = await Backend.StartAsync();
        using var http = Client(backend);
        var answer = await http.CallAsync(tool, arguments, Form);
        answer.IsToolError.ShouldBeTrue(answer.Text);
        answer.ToolText.ShouldContain("\"elicitation_needed\":true");
    }

    private static McpHttp Client(Backend backend)
    {
        var http = new McpHttp(backend.Gateway.Client.Root);
        foreach (var (name, value) in backend.Headers())
            http.Always[name] = value;
        return http;
    }

    private static McpRequest Answer(string arguments, Answer before, string key, string content, string tool = "manage_custom_dashboards") =>
        Retry(arguments, before, key, $$"""{"action":"accept","content":{{content}} }""", tool);

    private static McpRequest Retry(string arguments, Answer before, string key, string response, string tool = "manage_custom_dashboards") =>
        McpRequest.Call(tool, arguments, Form).With(request =>
        {
            request.Params["inputResponses"] = new JsonObject { [key] = JsonNode.Parse(response) };
            if (before.Result["requestState"] is { } state)
                request.Params["requestState"] = state.DeepClone();
        });
}
