using System.Globalization;
using System.Net;
using Granary.Simulator.Setup;
using Granary.Simulator.Tests.Support;

namespace Granary.Simulator.Tests.Access;

public class AccessTests
{
    private const string Health = "/api/instana/health";

    [Fact]
    public async Task Each_scheme_is_accepted_when_it_is_complete()
    {
        await using var simulator = await Running.StartAsync(new SimulatorOptions { Token = "right" });
        (await StatusAsync(simulator, ("authorization", "apiToken right"))).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(simulator, ("authorization", "Bearer right"), ("X-CSRF-TOKEN", "c"))).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(simulator, ("Cookie", "in-token=right"), ("X-CSRF-TOKEN", "c"))).ShouldBe(HttpStatusCode.OK);

        (await StatusAsync(simulator)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(simulator, ("authorization", "apiToken wrong"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(simulator, ("authorization", "apiToken "))).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(simulator, ("authorization", "Bearer right"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(simulator, ("Cookie", "in-token=right"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(simulator, ("X-CSRF-TOKEN", "c"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(simulator, ("authorization", "apiToken no-permissions"))).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Refusals_have_the_documented_bodies()
    {
        await using var simulator = await Running.StartAsync(new SimulatorOptions { Token = "right" });
        using var unknown = await simulator.GetAsync(Health);
        (await unknown.Content.ReadAsStringAsync()).ShouldBe("""{"error":"Unauthorized","message":"Invalid API token"}""");
        using var powerless = await simulator.SendAsync(HttpMethod.Get, Health, null, ("authorization", "apiToken no-permissions"));
        (await powerless.Content.ReadAsStringAsync()).ShouldBe("""{"errors":["Insufficient permissions."]}""");
    }

    [Fact]
    public async Task Every_answer_counts_and_says_how_many_are_left()
    {
        await using var simulator = await Running.StartAsync(new SimulatorOptions { CallsPerHour = 2 });
        var statuses = new List<HttpStatusCode>();
        for (var left = 1; left >= -1; left--)
        {
            using var response = await simulator.GetAsync(Health);
            statuses.Add(response.StatusCode);
            Header(response, "X-RateLimit-Limit").ShouldBe("2");
            Header(response, "X-RateLimit-Remaining").ShouldBe(Math.Max(0, left).ToString(CultureInfo.InvariantCulture));
            Header(response, "X-RateLimit-Reset").ShouldBe(Running.Noon.AddHours(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        }
        statuses.ShouldBe([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests]);
        (await StatusAsync(simulator, ("authorization", "apiToken another"))).ShouldBe(HttpStatusCode.OK);
        simulator.Time.Advance(TimeSpan.FromHours(1));
        using var fresh = await simulator.GetAsync(Health);
        fresh.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task It_listens_on_this_machine_only() => (await StartedAsync()).IsLoopback.ShouldBeTrue();

    private static async Task<Uri> StartedAsync()
    {
        await using var simulator = await Running.StartAsync();
        return simulator.Host.Url;
    }

    private static string Header(HttpResponseMessage response, string name) => response.Headers.GetValues(name).Single();

    private static async Task<HttpStatusCode> StatusAsync(Running simulator, params (string, string)[] headers)
    {
        using var response = await simulator.SendAsync(HttpMethod.Get, Health, null, headers);
        return response.StatusCode;
    }
}
