using System.Text;
using Granary.Instana.Connections;
using Granary.Instana.Http;
using Granary.Instana.Operations;
using Granary.Instana.Tests.Support;
using Granary.Simulator.Setup;

namespace Granary.Instana.Tests.Client;

public class HeadersTests
{
    private static readonly byte[] Params = """{"time_range":"1h"}"""u8.ToArray();

    [Fact]
    public async Task Each_scheme_sends_its_own_headers_and_no_other()
    {
        await using var backend = await Backend.StartAsync();
        (await HeadersOf(backend, new ApiTokenCredential("tok")))["Authorization"].ShouldBe("apiToken tok");

        var jwt = await HeadersOf(backend, new JwtCredential("jwt", "csrf"));
        jwt["Authorization"].ShouldBe("Bearer jwt");
        jwt["X-CSRF-TOKEN"].ShouldBe("csrf");
        jwt.ShouldNotContainKey("Cookie");

        var session = await HeadersOf(backend, new SessionCredential("auth", "csrf", "in-token"));
        session["Cookie"].ShouldBe("in-token=auth");
        session["X-CSRF-TOKEN"].ShouldBe("csrf");
        session.ShouldNotContainKey("Authorization");
    }

    [Fact]
    public async Task The_product_names_itself_and_tells_nothing_else()
    {
        await using var backend = await Backend.StartAsync();
        var headers = await HeadersOf(backend, new ApiTokenCredential("tok"));
        headers["User-Agent"].ShouldMatch(@"^Granary/\d+\.\d+\.\d+$");
        headers.Keys.ShouldNotContain(name => name.StartsWith("X-MCP-"));
    }

    [Fact]
    public async Task Tracking_is_sent_clean_and_the_session_only_as_a_fingerprint()
    {
        await using var backend = await Backend.StartAsync();
        var tracking = new CallTracking("sealed-session-token", "7\r\nX-Evil: 1", "Cläude " + new string('x', 300));
        var headers = await HeadersOf(backend, new JwtCredential("jwt", "csrf"), tracking);
        headers["X-MCP-Session-ID"].ShouldMatch("^[0-9a-f]{16}$");
        headers["X-MCP-Request-ID"].ShouldBe("7X-Evil: 1");
        headers["X-MCP-Client"].ShouldStartWith("Clude xxx");
        headers["X-MCP-Client"].Length.ShouldBe(128);
        headers["X-MCP-Tool"].ShouldBe("manage_events");
        headers["X-MCP-Environment-Type"].ShouldBe("platform");
        headers.ShouldNotContainKey("X-Evil");
        headers.ShouldNotContainKey("X-MCP-Resource-Type");
        string.Join('|', headers.Values).ShouldNotContain("sealed-session-token");
    }

    [Fact]
    public async Task A_refused_credential_is_a_result_with_its_reason_and_without_the_secret()
    {
        await using var backend = await Backend.StartAsync(simulator: new SimulatorOptions { Token = "right" });
        var answer = await Backend.AskAsync(backend.For(new ApiTokenCredential("wrong-secret")), "get_events", """{"time_range":"1h"}""");
        answer.IsError.ShouldBeTrue();
        answer["error"].GetString().ShouldBe("Failed to get_events: HTTP 401");
        answer["details"].GetString().ShouldBe("Invalid API token");
        answer["retryable"].GetBoolean().ShouldBeFalse();
        answer.Text.ShouldNotContain("wrong-secret");
        var powerless = await Backend.AskAsync(backend.For(new ApiTokenCredential("no-permissions")), "get_events", """{"time_range":"1h"}""");
        powerless["status_code"].GetInt32().ShouldBe(403);
        powerless["details"].GetString().ShouldBe("Insufficient permissions.");
        (await Backend.AskAsync(backend.For(new ApiTokenCredential("right")), "get_events", """{"time_range":"1h"}""")).IsError.ShouldBeFalse();
    }

    private static async Task<Dictionary<string, string>> HeadersOf(Backend backend, InstanaCredential credential, CallTracking? tracking = null)
    {
        var answer = await Backend.AskAsync(backend.For(credential), new InstanaCall("manage_events", null, "get_events", Params) { Tracking = tracking });
        answer.IsError.ShouldBeFalse(Encoding.UTF8.GetString(Params) + answer.Text);
        return new Dictionary<string, string>(backend.Host.Requests.Seen[^1].Headers, StringComparer.OrdinalIgnoreCase);
    }
}
