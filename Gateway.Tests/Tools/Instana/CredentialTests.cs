using Granary.Gateway.Tests.EndToEnd;
using Granary.Gateway.Tests.Support;
using Granary.Instana.Connections;
using Granary.Simulator;

namespace Granary.Gateway.Tests.Tools.Instana;

/// <summary>Whose credential a call uses, and where it may go with it.</summary>
[Trait("Kind", "Hostile")]
public sealed class CredentialTests
{
    private const string Days = """{"time_range":"last 3 days"}""";

    [Fact]
    public async Task All_three_schemes_reach_the_backend_as_it_wants_them()
    {
        await using var backend = await Backend.StartAsync();
        (await backend.CallAsync("get_events", Days)).Success();
        (await backend.CallAsync(
            "get_events", Days, ("Instana-Base-Url", backend.Url), ("instana-jwt-token", Backend.Token), ("instana-csrf-token", "csrf-1"))).Success();
        (await backend.CallAsync(
            "get_events", Days,
            ("instana-base-url", backend.Url), ("instana-auth-token", Backend.Token), ("instana-csrf-token", "csrf-2"), ("instana-cookie-name", "in-token"))).Success();
        (await backend.CallAsync(
            "get_events", Days, ("instana-base-url", backend.Url), ("instana-auth-token", Backend.Token), ("instana-csrf-token", "csrf-3"))).Success();
        var seen = backend.Simulator.Requests.Seen;
        seen[0].Headers["Authorization"].ShouldBe($"apiToken {Backend.Token}");
        (seen[1].Headers["Authorization"], seen[1].Headers["X-CSRF-TOKEN"]).ShouldBe(($"Bearer {Backend.Token}", "csrf-1"));
        (seen[2].Headers["Cookie"], seen[2].Headers["X-CSRF-TOKEN"]).ShouldBe(($"in-token={Backend.Token}", "csrf-2"));
        seen[3].Headers["Cookie"].ShouldBe($"instanaAuthToken={Backend.Token}");
        seen.ShouldAllBe(r => r.Headers.Keys.Count(k => k.StartsWith("instana-", StringComparison.OrdinalIgnoreCase)) == 0);
    }

    [Fact]
    public async Task Session_comes_before_jwt_before_api_token()
    {
        await using var backend = await Backend.StartAsync();
        var all = new[]
        {
            ("instana-base-url", backend.Url), ("instana-api-token", "a"), ("instana-jwt-token", "j"), ("instana-csrf-token", "c"), ("instana-auth-token", "s"),
        };
        await backend.CallAsync("get_events", Days, all);
        await backend.CallAsync("get_events", Days, all[..^1]);
        var seen = backend.Simulator.Requests.Seen;
        (seen[0].Headers["Cookie"], seen[0].Headers.ContainsKey("Authorization")).ShouldBe(("instanaAuthToken=s", false));
        seen[1].Headers["Authorization"].ShouldBe("Bearer j");
    }

    [Fact]
    public async Task A_request_without_headers_never_uses_the_servers_own_token()
    {
        await using var simulator = await Backend.Start("own", seed: 1);
        await using var gateway = await Backend.GatewayTo(
            [simulator], o => o with { Environment = new InstanaEnvironment(Backend.Address(simulator), "own") });
        foreach (var headers in new (string, string)[][]
        {
            [], [("instana-base-url", Backend.Address(simulator))], [("instana-api-token", "")], [("instana-cookie-name", "x")],
        })
        {
            var reply = await gateway.Client.CallAsync("manage_events", $$"""{"operation":"get_events","params":{{Days}} }""", headers);
            reply.Failure().ShouldContain("instana-api-token");
            reply.Message.ToString().ShouldNotContain("\"own\"");
        }
        simulator.Requests.Total.ShouldBe(0);
    }

    [Fact]
    public async Task The_servers_own_token_serves_those_it_is_shared_with_on_purpose()
    {
        await using var simulator = await Backend.Start("own", seed: 1);
        await using var gateway = await Backend.GatewayTo(
            [simulator], o => o with { Environment = new InstanaEnvironment(Backend.Address(simulator), "own"), SharedCredentials = true });
        (await gateway.Client.CallAsync("manage_events", $$"""{"operation":"get_events","params":{{Days}} }""")).Success();
        simulator.Requests.Seen.ShouldHaveSingleItem().Headers["Authorization"].ShouldBe("apiToken own");
    }

    [Theory]
    [InlineData("instana-base-url")]
    [InlineData("instana-base-url", "instana-jwt-token")]
    [InlineData("instana-base-url", "instana-auth-token", "instana-cookie-name")]
    [InlineData("instana-base-url", "instana-csrf-token")]
    [InlineData("instana-api-token")]
    public async Task Half_a_credential_is_refused_and_says_what_is_missing(params string[] names)
    {
        await using var backend = await Backend.StartAsync();
        (await backend.CallAsync("get_events", Days, [.. names.Select(n => (n, n == "instana-base-url" ? backend.Url : "value"))]))
            .Failure().ShouldContain("missing required headers");
        backend.Simulator.Requests.Total.ShouldBe(0);
    }

    [Fact]
    public async Task A_foreign_backend_is_refused_and_never_contacted()
    {
        await using var foreign = await Backend.Start(null, seed: 2);
        await using var backend = await Backend.StartAsync();
        var address = Backend.Address(foreign);
        foreach (var url in new[]
        {
            address, address + "/api", address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), $"http://127.0.0.1:{backend.Simulator.Url.Port}@127.0.0.1:{foreign.Url.Port}",
            "http://unit.instana.io", "https://unit.instana.io.evil.example", "https://169.254.169.254", "http://[::1]:80", "file:///etc/passwd", "ftp://unit.instana.io",
            backend.Url + "/../x", backend.Url.Replace("http:", "https:", StringComparison.Ordinal), "unit.instana.io",
        })
        {
            var sentence = (await backend.CallAsync("get_events", Days, backend.Headers(url: url))).Failure();
            sentence.ShouldNotContain(Backend.Token);
        }
        (foreign.Requests.Total, backend.Simulator.Requests.Total).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Two_tenants_in_parallel_see_only_their_own_data()
    {
        using var keys = new KeysFile();
        var (left, right) = (keys.Add("left", "*"), keys.Add("right", "*"));
        await using var one = await Backend.Start("token-left", seed: 1);
        await using var two = await Backend.Start("token-right", seed: 2);
        await using var gateway = await Backend.GatewayTo([one, two], keys: keys.Path);
        using var ofLeft = gateway.NewClient(("X-API-Key", left), ("instana-base-url", Backend.Address(one)), ("instana-api-token", "token-left"));
        using var ofRight = gateway.NewClient(("X-API-Key", right), ("instana-base-url", Backend.Address(two)), ("instana-api-token", "token-right"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => EventsAsync(i % 2 == 0 ? ofLeft : ofRight)));
        var (lefts, rights) = (answers.Where((_, i) => i % 2 == 0).ToList(), answers.Where((_, i) => i % 2 == 1).ToList());
        lefts.ShouldAllBe(answer => IsOfAnotherWorld(answer, rights));
        rights.ShouldAllBe(answer => IsOfAnotherWorld(answer, lefts));
        Saw(one, "token-left");
        Saw(two, "token-right");
    }

    private static void Saw(SimulatorHost simulator, string token)
    {
        // Equal reads under way at once are one request.
        simulator.Requests.Total.ShouldBeInRange(1, 20);
        simulator.Requests.Seen.ShouldAllBe(r => r.Headers["Authorization"] == $"apiToken {token}");
    }

    /// <summary>Two worlds may name an event alike and, now and then, begin it in the same minute; never most of them.</summary>
    private static bool IsOfAnotherWorld(List<string> answer, List<List<string>> others) =>
        answer.Count > 0 && answer.Intersect(others.SelectMany(o => o)).Count() * 2 < answer.Count;

    private static async Task<List<string>> EventsAsync(ToolClient client) =>
        [.. (await client.CallAsync("manage_events", $$"""{"operation":"get_events","params":{{Days}} }""")).Success().GetProperty("results")
            .GetProperty("events").EnumerateArray().Select(e => $"{e.GetProperty("eventId")} {(e.TryGetProperty("start", out var start) ? start : e.GetProperty("timestamp"))}")];
}
