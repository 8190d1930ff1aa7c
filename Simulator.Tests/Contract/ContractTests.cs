using System.Net;
using System.Text;
using Granary.Simulator.Contract;
using Granary.Simulator.Setup;
using Granary.Simulator.Tests.Support;

namespace Granary.Simulator.Tests.Contract;

public class ContractTests
{
    private const string Groups = "/api/application-monitoring/analyze/call-groups";

    [OpenApiFact]
    public async Task Every_documented_operation_is_routed()
    {
        await using var simulator = await Running.StartAsync(new SimulatorOptions { OpenApi = OpenApi.Path });
        var lost = new List<string>();
        foreach (var (path, method) in OpenApi.Load().Operations)
        {
            var concrete = path.Replace("session{id}{timestamp}", "session;id=s;timestamp=1", StringComparison.Ordinal).Replace("page-load{id}{timestamp}",
                "page-load;id=p;timestamp=1", StringComparison.Ordinal)
                .Replace("<appId>", "app-robot", StringComparison.Ordinal);
            concrete = System.Text.RegularExpressions.Regex.Replace(concrete, @"\{[^}]+\}", "1");
            using var response = await simulator.SendAsync(new HttpMethod(method.ToUpperInvariant()), concrete, null, ("authorization", "apiToken t"));
            var text = await response.Content.ReadAsStringAsync();
            if (text.Contains("HTTP 404", StringComparison.Ordinal)
                || response.StatusCode is HttpStatusCode.MethodNotAllowed or HttpStatusCode.InternalServerError)
                lost.Add($"{method} {path}: {(int)response.StatusCode}");
        }
        lost.ShouldBeEmpty();
    }

    [OpenApiFact]
    public void The_table_without_document_says_what_the_document_says()
    {
        var documented = new OpenApiDocument(OpenApi.Path!, OpenApi.Overlay).Read();
        foreach (var route in EndpointTable.Read().Routes)
        {
            // What the overlay prints in another form than the document is the same endpoint twice.
            var same = documented.Routes.FirstOrDefault(one => one.Key == route.Key);
            same.ShouldNotBeNull(route.Key);
            route.Query.Select(one => (one.Name, one.IsRequired, one.IsList))
                .ShouldBe(same.Query.Select(one => (one.Name, one.IsRequired, one.IsList)), ignoreOrder: true, route.Key);
            (route.Body is null).ShouldBe(same.Body is null, route.Key);
        }
    }

    [Theory]
    [InlineData("GET", "/api/nothing", null, 404)]
    [InlineData("GET", "/api/application-monitoring/applications;colour=red/services", null, 404)]
    [InlineData("DELETE", "/api/events", null, 405)]
    [InlineData("GET", Groups, null, 405)]
    [InlineData("GET", "/api/events?windowSize=soon", null, 400)]
    [InlineData("GET", "/api/events?windowSize=-5", null, 400)]
    [InlineData("GET", "/api/events?windwSize=5", null, 400)]
    [InlineData("GET", "/api/events?to=1&to=2", null, 400)]
    [InlineData("GET", "/api/events?filterEventUpdates=maybe", null, 400)]
    [InlineData("GET", "/api/events?eventTypeFilters=INCIDENT&eventTypeFilters=STORM", null, 400)]
    [InlineData("GET", "/api/events/settings/website-alert-configs", null, 400)]
    [InlineData("GET", "/api/application-monitoring/applications?applicationBoundaryScope=DEFAULT", null, 400)]
    [InlineData("POST", Groups, null, 400)]
    [InlineData("POST", Groups, "{", 400)]
    [InlineData("POST", Groups, "[]", 400)]
    [InlineData("POST", Groups, """{"metrics":[]}""", 400)]
    [InlineData("POST", "/api/custom-dashboard", """{"title":"t"}""", 422)]
    [InlineData("POST", "/api/events", "{}", 422)]
    public async Task What_the_contract_does_not_allow_is_refused_and_remembered(string method, string path, string? body, int status)
    {
        foreach (var document in new[] { null, OpenApi.Path })
        {
            await using var simulator = await Running.StartAsync(new SimulatorOptions { OpenApi = document });
            using var response = await simulator.SendAsync(new HttpMethod(method), path, body, ("authorization", "apiToken t"));
            ((int)response.StatusCode).ShouldBe(status, await response.Content.ReadAsStringAsync());
            (await Running.JsonAsync(response)).GetProperty("errors").GetArrayLength().ShouldBeGreaterThan(0);
            if (path != "/api/events" || status != 422)
                simulator.Host.Violations.All.Single().Status.ShouldBe(status);
            if (status == 405)
                response.Content.Headers.Allow.ShouldNotBeEmpty();
        }
    }

    [OpenApiFact]
    public async Task With_the_document_bodies_are_checked_to_the_bottom()
    {
        await using var simulator = await Running.StartAsync(new SimulatorOptions { OpenApi = OpenApi.Path });
        foreach (var (body, problem) in new[]
        {
            ("""{"group":{"groupbyTag":"service.name"},"metrics":[{"metric":"calls","aggregation":"SUM"}]}""", "group.groupbyTagEntity must not be null"),
            ("""{"group":{"groupbyTag":"service.name","groupbyTagEntity":"DESTINATION"},"metrics":[{"metric":"calls","aggregation":"TOTAL"}]}""", "metrics[0].aggregation must be one of"),
            ("""{"group":{"groupbyTag":"service.name","groupbyTagEntity":"DESTINATION"},"metrics":[{"metric":"calls","aggregation":"SUM"}],"timeFrame":{"windowSize":"long"}}""", "timeFrame.windowSize must be of type integer"),
            ("""{"group":{"groupbyTag":"service.name","groupbyTagEntity":"DESTINATION"},"metrics":{}}""", "metrics must be an array"),
        })
        {
            using var response = await simulator.PostAsync(Groups, body);
            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await response.Content.ReadAsStringAsync()).ShouldContain(problem);
        }
        simulator.Host.Violations.All.Count.ShouldBe(4);
        // An operation that is not simulated is checked all the same, and only then 501.
        using var wrong = await simulator.PostAsync("/api/settings/api-tokens", "{}");
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var right = await simulator.GetAsync("/api/settings/api-tokens");
        right.StatusCode.ShouldBe(HttpStatusCode.NotImplemented);
    }

    [Fact]
    public async Task Accept_and_media_type_are_checked()
    {
        await using var simulator = await Running.StartAsync();
        foreach (var (accept, path, status) in new[]
        {
            ("text/html", "/api/events", HttpStatusCode.NotAcceptable), ("application/json", "/api/events", HttpStatusCode.OK),
            ("application/*", "/api/events", HttpStatusCode.OK),
            ("text/html, */*;q=0.1", "/api/events", HttpStatusCode.OK),
            ("application/json", "/api/infrastructure-monitoring/catalog/tags/host", HttpStatusCode.NotAcceptable),
            ("*/*", "/api/infrastructure-monitoring/catalog/tags/host", HttpStatusCode.OK),
            ("text/csv", "/api/website-monitoring/config/web-1/geo-mapping-rules", HttpStatusCode.OK),
        })
        {
            using var response = await simulator.SendAsync(HttpMethod.Get, path, null, ("authorization", "apiToken t"), ("accept", accept));
            response.StatusCode.ShouldBe(status, $"{accept} {path}");
        }
        using var message = new HttpRequestMessage(HttpMethod.Post, Groups) { Content = new StringContent("{}", Encoding.UTF8, "text/plain") };
        message.Headers.TryAddWithoutValidation("authorization", "apiToken t");
        using var wrong = await simulator.Http.SendAsync(message);
        wrong.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Violations_are_told_over_http_and_forgotten_on_request()
    {
        await using var simulator = await Running.StartAsync();
        using var bad = await simulator.GetAsync("/api/events?colour=red");
        using var listed = await simulator.SendAsync(HttpMethod.Get, "/simulator/violations");
        (await listed.Content.ReadAsStringAsync()).ShouldBe("""[{"method":"GET","path":"/api/events","status":400,"problems":["Unknown query parameter 'colour'"]}]""");
        using var cleared = await simulator.SendAsync(HttpMethod.Delete, "/simulator/violations");
        using var none = await simulator.SendAsync(HttpMethod.Get, "/simulator/violations");
        (await none.Content.ReadAsStringAsync()).ShouldBe("[]");
    }

    [OpenApiFact]
    public async Task An_overlay_adds_what_is_newer_than_the_document()
    {
        var overlay = Path.GetTempFileName();
        await File.WriteAllTextAsync(overlay, """{"paths":{"/api/newer/{id}":{"get":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"integer"}}],"responses":{"200":{"description":"x"}}}}}}""");
        await using var simulator = await Running.StartAsync(new SimulatorOptions { OpenApi = OpenApi.Path, Overlay = overlay });
        using var routed = await simulator.GetAsync("/api/newer/7");
        routed.StatusCode.ShouldBe(HttpStatusCode.NotImplemented);
        using var wrong = await simulator.GetAsync("/api/newer/seven");
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        File.Delete(overlay);
    }
}
