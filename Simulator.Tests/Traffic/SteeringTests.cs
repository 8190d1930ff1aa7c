using System.Net;
using System.Text.Json;
using Granary.Simulator.Tests.Support;

namespace Granary.Simulator.Tests.Traffic;

/// <summary>Clock, faults for some requests only, and captured requests.</summary>
public class SteeringTests
{
    [Fact]
    public async Task The_clock_is_set_moved_and_stopped()
    {
        await using var simulator = await Running.StartAsync();
        await PostAsync(simulator, "/simulator/clock", """{"now":1760000000000,"stopped":true}""");
        simulator.Time.Advance(TimeSpan.FromHours(1));
        (await NowAsync(simulator)).ShouldBe(1_760_000_000_000);
        await PostAsync(simulator, "/simulator/clock", """{"advance_ms":60000}""");
        (await NowAsync(simulator)).ShouldBe(1_760_000_060_000);
        await PostAsync(simulator, "/simulator/clock", """{"stopped":false}""");
        simulator.Time.Advance(TimeSpan.FromMinutes(2));
        (await NowAsync(simulator)).ShouldBe(1_760_000_180_000);
        (await simulator.ListAsync("/api/events?windowSize=86400000")).ShouldAllBe(item => item.GetProperty("start").GetInt64() <= 1_760_000_180_000);
        foreach (var wrong in new[] { "{}", "[]", """{"now":"soon"}""", """{"now":9e18}""" })
        {
            using var response = await simulator.SendAsync(HttpMethod.Post, "/simulator/clock", wrong);
            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, wrong);
        }
    }

    [Theory]
    [InlineData("""{"fault":"unavailable","token":"a"}""", "a", "/api/events", true)]
    [InlineData("""{"fault":"unavailable","token":"a"}""", "b", "/api/events", false)]
    [InlineData("""{"fault":"unavailable","path":"/api/releases"}""", "a", "/api/releases", true)]
    [InlineData("""{"fault":"unavailable","path":"/api/releases"}""", "a", "/api/events", false)]
    [InlineData("""{"fault":"unavailable","operation":"GET /api/releases/{}"}""", "a", "/api/releases/x", true)]
    [InlineData("""{"fault":"unavailable","operation":"GET /api/releases/{}"}""", "a", "/api/releases", false)]
    [InlineData("""{"fault":"unavailable","probability":0}""", "a", "/api/events", false)]
    public async Task A_fault_meets_the_requests_that_it_is_for(string fault, string token, string path, bool isMet)
    {
        await using var simulator = await Running.StartAsync();
        await PostAsync(simulator, "/simulator/faults", fault);
        using var response = await simulator.SendAsync(HttpMethod.Get, path, null, ("authorization", "apiToken " + token));
        (response.StatusCode == HttpStatusCode.ServiceUnavailable).ShouldBe(isMet);
    }

    [Fact]
    public async Task A_probability_is_met_about_as_often_as_it_says_and_the_same_every_time()
    {
        var runs = new List<string>();
        for (var run = 0; run < 2; run++)
        {
            await using var simulator = await Running.StartAsync();
            await PostAsync(simulator, "/simulator/faults", """{"fault":"unavailable","probability":0.3,"count":1000}""");
            var met = "";
            for (var i = 0; i < 200; i++)
            {
                using var response = await simulator.GetAsync("/api/instana/health");
                met += response.IsSuccessStatusCode ? '.' : 'x';
            }
            met.Count(c => c == 'x').ShouldBeInRange(40, 80);
            runs.Add(met);
        }
        runs[0].ShouldBe(runs[1]);
    }

    [Fact]
    public async Task Captured_requests_have_headers_and_bodies_and_no_credential()
    {
        await using var simulator = await Running.StartAsync();
        const string Body = """{"metrics":[{"metric":"calls","aggregation":"SUM"}],"timeFrame":{"windowSize":60000}}""";
        using var asked = await simulator.SendAsync(HttpMethod.Post, "/api/application-monitoring/v2/metrics", Body, ("authorization", "apiToken s3cret"),
            ("X-MCP-Tool", "manage_applications"), ("Cookie", "a=s3cret"));
        using var response = await simulator.SendAsync(HttpMethod.Get, "/simulator/requests/last?count=1");
        var text = await response.Content.ReadAsStringAsync();
        text.ShouldNotContain("s3cret");
        using var captured = JsonDocument.Parse(text);
        var one = captured.RootElement[0];
        one.GetProperty("body").GetString().ShouldBe(Body);
        one.GetProperty("headers").GetProperty("X-MCP-Tool").GetString().ShouldBe("manage_applications");
        one.GetProperty("headers").GetProperty("Authorization").GetString()!.ShouldStartWith("apiToken sha256:");
        simulator.Host.Requests.Seen[^1].Body.ShouldBe(Body);
    }

    private static async Task PostAsync(Running simulator, string path, string body)
    {
        using var response = await simulator.SendAsync(HttpMethod.Post, path, body);
        response.StatusCode.ShouldBe(HttpStatusCode.NoContent, await response.Content.ReadAsStringAsync());
    }

    private static async Task<long> NowAsync(Running simulator)
    {
        using var response = await simulator.SendAsync(HttpMethod.Get, "/simulator/clock");
        return (await Running.JsonAsync(response)).GetProperty("now").GetInt64();
    }
}
