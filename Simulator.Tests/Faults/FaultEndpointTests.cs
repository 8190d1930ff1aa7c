using System.Net;
using Granary.Simulator.Tests.Support;

namespace Granary.Simulator.Tests.Faults;

public class FaultEndpointTests
{
    private const string Health = "/api/instana/health";

    [Fact]
    public async Task A_fault_is_met_as_often_as_it_says_and_then_never_again()
    {
        await using var simulator = await Running.StartAsync();
        await AddAsync(simulator, """{"fault":"too_many_requests","count":2,"reset_in_seconds":30,"retry_after":5}""");
        for (var i = 0; i < 2; i++)
        {
            using var refused = await simulator.GetAsync(Health);
            refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
            refused.Headers.GetValues("X-RateLimit-Reset").Single().ShouldBe($"{Running.Noon.ToUnixTimeSeconds() + 30}");
            refused.Headers.GetValues("Retry-After").Single().ShouldBe("5");
        }
        using var well = await simulator.GetAsync(Health);
        well.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Each_fault_looks_as_it_is_named()
    {
        await using var simulator = await Running.StartAsync();
        await AddAsync(simulator, """{"fault":"error_page"}""");
        using (var page = await simulator.GetAsync(Health))
        {
            page.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
            page.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        }
        await AddAsync(simulator, """{"fault":"unavailable","retry_after":3}""");
        using (var unavailable = await simulator.GetAsync(Health))
            unavailable.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        await AddAsync(simulator, """{"fault":"redirect","location":"https://elsewhere.example/"}""");
        using (var redirect = await simulator.GetAsync(Health))
            redirect.Headers.Location!.Host.ShouldBe("elsewhere.example");
        await AddAsync(simulator, """{"fault":"oversize","bytes":200000}""");
        using (var large = await simulator.GetAsync(Health))
            (await large.Content.ReadAsByteArrayAsync()).Length.ShouldBeGreaterThan(200000);
        await AddAsync(simulator, """{"fault":"status","status":418,"body":"{}"}""");
        using (var any = await simulator.GetAsync(Health))
            ((int)any.StatusCode).ShouldBe(418);
        await AddAsync(simulator, """{"fault":"slow","delay_ms":1}""");
        using (var slow = await simulator.GetAsync(Health))
            slow.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("drop")]
    [InlineData("half_body")]
    public async Task A_broken_connection_is_broken(string fault)
    {
        await using var simulator = await Running.StartAsync();
        await AddAsync(simulator, $$"""{"fault":"{{fault}}"}""");
        await Should.ThrowAsync<HttpRequestException>(() => simulator.GetAsync(Health));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"fault":"earthquake"}""")]
    [InlineData("""{"fault":"3"}""")]
    [InlineData("""{"fault":7}""")]
    [InlineData("""{"fault":"slow","delay_ms":"long"}""")]
    public async Task An_unknown_fault_is_answered_with_the_known_ones(string body)
    {
        await using var simulator = await Running.StartAsync();
        using var response = await simulator.PostAsync("/simulator/faults", body);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldContain("too_many_requests");
    }

    [Fact]
    public async Task Faults_can_be_taken_back_and_requests_are_counted_without_secrets()
    {
        await using var simulator = await Running.StartAsync();
        await AddAsync(simulator, """{"fault":"drop","count":100}""");
        using var cleared = await simulator.SendAsync(HttpMethod.Delete, "/simulator/faults");
        cleared.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var health = await simulator.SendAsync(HttpMethod.Get, Health, null, ("authorization", "apiToken s3cret"));
        health.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var response = await simulator.SendAsync(HttpMethod.Get, "/simulator/requests");
        var text = await response.Content.ReadAsStringAsync();
        text.ShouldBe("""{"total":1,"aborted":0,"in_flight":0,"by_path":{"GET /api/instana/health":1}}""");
        text.ShouldNotContain("s3cret");
    }

    private static async Task AddAsync(Running simulator, string fault)
    {
        using var response = await simulator.SendAsync(HttpMethod.Post, "/simulator/faults", fault);
        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }
}
