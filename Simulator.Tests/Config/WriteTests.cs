using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Simulator.Tests.Support;

namespace Granary.Simulator.Tests.Config;

/// <summary>Writes: with versions, conflicts, and rules beyond form.</summary>
public class WriteTests
{
    private const string Alerts = "/api/events/settings/website-alert-configs";

    [Fact]
    public async Task A_smart_alert_lives_through_all_its_versions()
    {
        await using var simulator = await Running.StartAsync();
        var alert = JsonNode.Parse("""
            {"name":"Slow pages","description":"d","websiteId":"web-1","tagFilterExpression":{"type":"EXPRESSION","logicalOperator":"AND","elements":[]},"rule":{"alertType":"slowness","metricName":"onLoadTime","aggregation":"P90"},
             "granularity":600000,"timeThreshold":{"type":"violationsInSequence","timeWindow":600000},"customPayloadFields":[],"alertChannelIds":[]}
            """)!.AsObject();
        var made = await SendAsync(simulator, "POST", Alerts, alert, HttpStatusCode.OK);
        var one = $"{Alerts}/{made.GetProperty("id").GetString()}";
        (await SendAsync(simulator, "POST", one, alert, HttpStatusCode.NoContent)).ValueKind.ShouldBe(JsonValueKind.Undefined);
        alert["name"] = "Very slow pages";
        simulator.Time.Advance(TimeSpan.FromSeconds(1));
        var changed = await SendAsync(simulator, "POST", one, alert, HttpStatusCode.OK);
        changed.GetProperty("created").GetInt64().ShouldBeGreaterThan(made.GetProperty("created").GetInt64());
        changed.GetProperty("initialCreated").GetInt64().ShouldBe(made.GetProperty("created").GetInt64());
        await SendAsync(simulator, "PUT", one + "/disable", null, HttpStatusCode.NoContent);
        (await SendAsync(simulator, "GET", one, null, HttpStatusCode.OK)).GetProperty("enabled").GetBoolean().ShouldBeFalse();
        await SendAsync(simulator, "PUT", one + "/enable", null, HttpStatusCode.NoContent);
        await SendAsync(simulator, "PUT", $"{one}/restore/{made.GetProperty("created")}", null, HttpStatusCode.NoContent);
        (await SendAsync(simulator, "GET", one, null, HttpStatusCode.OK)).GetProperty("name").GetString().ShouldBe("Slow pages");
        (await SendAsync(simulator, "GET", one + "/versions", null, HttpStatusCode.OK)).EnumerateArray()
            .Select(version => version.GetProperty("changeSummary").GetProperty("changeType").GetString())
            .ShouldBe(["RESTORE", "ENABLE", "DISABLE", "UPDATE", "CREATE"]);
        (await SendAsync(simulator, "GET", $"{one}?validOn={made.GetProperty("created")}", null, HttpStatusCode.OK)).GetProperty("name").GetString()
            .ShouldBe("Slow pages");
        await SendAsync(simulator, "PUT", one + "/restore/1", null, HttpStatusCode.NotFound);
        await SendAsync(simulator, "DELETE", one, null, HttpStatusCode.NoContent);
        await SendAsync(simulator, "GET", one, null, HttpStatusCode.NotFound);
        await SendAsync(simulator, "DELETE", one, null, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_write_that_is_based_on_an_old_version_is_a_conflict()
    {
        await using var simulator = await Running.StartAsync();
        const string Slo = "/api/settings/slo/SLOcart";
        var read = JsonNode.Parse((await SendAsync(simulator, "GET", Slo, null, HttpStatusCode.OK)).GetRawText())!.AsObject();
        read["name"] = "First";
        await SendAsync(simulator, "PUT", Slo, read, HttpStatusCode.OK);
        read["name"] = "Second";
        await SendAsync(simulator, "PUT", Slo, read, HttpStatusCode.Conflict);
        (await SendAsync(simulator, "GET", Slo, null, HttpStatusCode.OK)).GetProperty("name").GetString().ShouldBe("First");
    }

    [Theory]
    [InlineData("POST", "/api/custom-dashboard", """{"title":" ","accessRules":[{"accessType":"READ","relationType":"GLOBAL"}],"widgets":[]}""", 422)]
    [InlineData("POST", "/api/custom-dashboard", """{"title":"t","accessRules":[],"widgets":[]}""", 422)]
    [InlineData("POST", "/api/settings/slo", """{"name":"n","target":1,"tags":[],"entity":{"type":"application"},"indicator":{"type":"timeBased"},"timeWindow":{"type":"rolling"}}""", 400)]
    [InlineData("PUT", "/api/settings/v2/maintenance/mw-9", """{"id":"mw-9","name":"n","query":"","scheduling":{"type":"RECURRENT","start":1,"duration":{"amount":1,"unit":"HOURS"}}}""", 422)]
    [InlineData("PUT", "/api/settings/v2/maintenance/mw-9", """{"id":"mw-9","name":"n","query":"","scheduling":{"type":"ONE_TIME","start":1,"duration":{"amount":0,"unit":"HOURS"}}}""", 422)]
    [InlineData("POST", "/api/releases", """{"name":"","start":1}""", 400)]
    public async Task What_makes_no_sense_is_refused(string method, string path, string body, int status)
    {
        await using var simulator = await Running.StartAsync();
        using var response = await simulator.SendAsync(new HttpMethod(method), path, body, ("authorization", "apiToken t"));
        ((int)response.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task A_maintenance_window_of_ninety_minutes_is_active_for_ninety_minutes()
    {
        await using var simulator = await Running.StartAsync();
        var start = Running.Noon.AddMinutes(10).ToUnixTimeMilliseconds();
        await SendAsync(simulator, "PUT", "/api/settings/v2/maintenance/mw-9", JsonNode.Parse($$$"""{"id":"mw-9","name":"n","query":"","scheduling":{"type":"ONE_TIME","start":{{{start}}},"duration":{"amount":90,"unit":"MINUTES"} } }"""), HttpStatusCode.OK);
        foreach (var (minutes, state) in new[] { (0, "SCHEDULED"), (11, "ACTIVE"), (88, "ACTIVE"), (2, "EXPIRED") })
        {
            simulator.Time.Advance(TimeSpan.FromMinutes(minutes));
            var window = await SendAsync(simulator, "GET", "/api/settings/v2/maintenance/mw-9", null, HttpStatusCode.OK);
            window.GetProperty("state").GetString().ShouldBe(state);
            window.GetProperty("occurrence").GetProperty("end").GetInt64().ShouldBe(start + 5_400_000);
        }
        (await SendAsync(simulator, "PUT", "/api/settings/v2/maintenance/mw-9/pause", null, HttpStatusCode.OK)).GetProperty("state").GetString()
            .ShouldBe("PAUSED");
    }

    [Fact]
    public async Task An_event_that_is_closed_by_hand_stays_closed()
    {
        await using var simulator = await Running.StartAsync();
        var open = (await simulator.ListAsync("/api/events?windowSize=10800000")).First(item =>
            item.GetProperty("state").GetString() == "open").GetProperty("eventId").GetString();
        await SendAsync(simulator, "POST", $"/api/events/settings/manual-close/{open}", JsonNode.Parse("""{"username":"ada","reasonForClosing":"known"}"""), HttpStatusCode.OK);
        (await SendAsync(simulator, "GET", "/api/events/" + open, null, HttpStatusCode.OK)).GetProperty("state").GetString().ShouldBe("manually closed");
        await SendAsync(simulator, "POST", $"/api/events/settings/manual-close/{open}", JsonNode.Parse("""{"username":"ada","reasonForClosing":"known"}"""), HttpStatusCode.NotFound);
    }

    private static async Task<JsonElement> SendAsync(Running simulator, string method, string path, JsonNode? body, HttpStatusCode expected)
    {
        using var response = await simulator.SendAsync(new HttpMethod(method), path, body?.ToJsonString(), ("authorization", "apiToken t"));
        response.StatusCode.ShouldBe(expected, $"{method} {path}: {await response.Content.ReadAsStringAsync()}");
        return response.StatusCode is HttpStatusCode.NoContent ? default : await Running.JsonAsync(response);
    }
}
