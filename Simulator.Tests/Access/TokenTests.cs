using System.Net;
using Granary.Simulator.Access;
using Granary.Simulator.Setup;
using Granary.Simulator.Tests.Support;

namespace Granary.Simulator.Tests.Access;

public class TokenTests
{
    [Fact]
    public async Task A_token_that_lacks_a_permission_is_told_which()
    {
        await using var simulator = await Running.StartAsync(new SimulatorOptions { Tokens = [new TokenRule("reader", []),
            new TokenRule("releaser", ["canConfigureReleases"]), new TokenRule("admin", ["*"])] });
        const string Release = """{"name":"web-1","start":1}""";
        (await AskAsync(simulator, "reader", HttpMethod.Get, "/api/releases", null)).ShouldBe(HttpStatusCode.OK);
        using (var refused = await simulator.SendAsync(HttpMethod.Post, "/api/releases", Release, ("authorization", "apiToken reader")))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await refused.Content.ReadAsStringAsync()).ShouldBe("""{"errors":["Insufficient permissions. Missing permission: canConfigureReleases"]}""");
        }
        (await AskAsync(simulator, "releaser", HttpMethod.Post, "/api/releases", Release)).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(simulator, "releaser", HttpMethod.Delete, "/api/settings/slo/SLOcart", null)).ShouldBe(HttpStatusCode.Forbidden);
        (await AskAsync(simulator, "admin", HttpMethod.Delete, "/api/settings/slo/SLOcart", null)).ShouldBe(HttpStatusCode.NoContent);
        (await AskAsync(simulator, "stranger", HttpMethod.Get, "/api/releases", null)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_token_that_is_taken_back_is_refused_at_once()
    {
        await using var simulator = await Running.StartAsync();
        using var added = await simulator.SendAsync(HttpMethod.Post, "/simulator/tokens", """[{"token":"t1","permissions":["*"],"calls_per_hour":50}]""");
        added.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await AskAsync(simulator, "t1", HttpMethod.Get, "/api/releases", null)).ShouldBe(HttpStatusCode.OK);
        using var revoked = await simulator.SendAsync(HttpMethod.Delete, "/simulator/tokens/t1");
        (await AskAsync(simulator, "t1", HttpMethod.Get, "/api/releases", null)).ShouldBe(HttpStatusCode.Unauthorized);
        using var wrong = await simulator.SendAsync(HttpMethod.Post, "/simulator/tokens", """[{"permissions":[]}]""");
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Searching_the_infrastructure_has_a_budget_of_its_own()
    {
        await using var simulator = await Running.StartAsync(new SimulatorOptions { InfraCallsPerHour = 1 });
        using (var first = await simulator.GetAsync("/api/infrastructure-monitoring/snapshots"))
        {
            first.StatusCode.ShouldBe(HttpStatusCode.OK);
            first.Headers.GetValues("X-RateLimit-Zone").Single().ShouldBe("infrastructure");
            first.Headers.GetValues("X-RateLimit-Limit").Single().ShouldBe("1");
        }
        (await AskAsync(simulator, "t", HttpMethod.Get, "/api/infrastructure-monitoring/snapshots", null)).ShouldBe(HttpStatusCode.TooManyRequests);
        (await AskAsync(simulator, "t", HttpMethod.Get, "/api/events", null)).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(simulator, "t", HttpMethod.Get, "/api/infrastructure-monitoring/catalog/plugins", null)).ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<HttpStatusCode> AskAsync(Running simulator, string token, HttpMethod method, string path, string? body)
    {
        using var response = await simulator.SendAsync(method, path, body, ("authorization", "apiToken " + token));
        return response.StatusCode;
    }
}
