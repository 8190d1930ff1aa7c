using Granary.Instana.Connections;

namespace Granary.Instana.Tests.Connections;

public class ConnectionResolverTests
{
    private const string Url = "https://unit.instana.io";

    private static readonly InstanaOptions WithEnvironment = new() { Environment = new InstanaEnvironment("https://own.instana.io", "env-token") };

    [Fact]
    public void A_session_comes_before_a_jwt_and_a_jwt_before_a_token()
    {
        var all = new Dictionary<string, string>
        {
            ["instana-base-url"] = Url, ["instana-api-token"] = "api", ["instana-auth-token"] = "auth", ["instana-csrf-token"] = "csrf",
            ["instana-jwt-token"] = "jwt", ["instana-cookie-name"] = "in-token",
        };
        Resolve(all).Credential.ShouldBe(new SessionCredential("auth", "csrf", "in-token"));
        all.Remove("instana-auth-token");
        Resolve(all).Credential.ShouldBe(new JwtCredential("jwt", "csrf"));
        all.Remove("instana-csrf-token");
        Resolve(all).Credential.ShouldBe(new ApiTokenCredential("api"));
    }

    [Fact]
    public void The_cookie_has_a_name_where_none_is_given() =>
        Resolve(new() { ["instana-base-url"] = Url, ["instana-auth-token"] = "a", ["instana-csrf-token"] = "c" })
            .Credential.ShouldBe(new SessionCredential("a", "c", "instanaAuthToken"));

    [Fact]
    public void Headers_come_before_the_environment_and_borrow_nothing_from_it()
    {
        Resolve(new() { ["instana-base-url"] = Url, ["instana-api-token"] = "mine" }, WithEnvironment)
            .ShouldBe(new InstanaConnection(new Uri(Url), new ApiTokenCredential("mine")));
        Problem(new() { ["instana-api-token"] = "mine" }, WithEnvironment)
            .ShouldBe("HTTP mode detected but missing required headers: instana-base-url");
        Problem(new() { ["instana-base-url"] = Url }, WithEnvironment).ShouldBe(
            "HTTP mode detected but missing required headers: either (instana-api-token) OR (instana-jwt-token + instana-csrf-token) OR (instana-auth-token + instana-csrf-token)");
    }

    [Theory]
    [InlineData("instana-csrf-token")]
    [InlineData("instana-jwt-token")]
    [InlineData("instana-auth-token")]
    public void Half_a_credential_is_none(string header) =>
        Problem(new() { ["instana-base-url"] = Url, [header] = "x" }, WithEnvironment).ShouldStartWith("HTTP mode detected but missing required headers: either");

    [Fact]
    public void A_request_over_HTTP_that_brings_nothing_never_runs_with_the_servers_token()
    {
        var problem = Problem([], WithEnvironment);
        problem.ShouldContain("brought no Instana credentials");
        problem.ShouldNotContain("env-token");
        Problem(new() { ["instana-cookie-name"] = "x", ["instana-api-token"] = "" }, WithEnvironment).ShouldContain("brought no Instana credentials");
    }

    [Fact]
    public void It_does_where_the_operator_shares_it_on_purpose() =>
        Resolve([], WithEnvironment with { SharedCredentials = true }).Credential.ShouldBe(new ApiTokenCredential("env-token"));

    [Fact]
    public void The_owner_of_the_process_uses_the_environment() =>
        Resolve([], WithEnvironment, InstanaCaller.Process).ShouldBe(new InstanaConnection(new Uri("https://own.instana.io"), new ApiTokenCredential("env-token")));

    [Fact]
    public void Without_anything_the_missing_variables_are_named()
    {
        Problem([], new InstanaOptions(), InstanaCaller.Process).ShouldBe("Authentication failed: Missing credentials - INSTANA_API_TOKEN is missing - INSTANA_BASE_URL is missing");
        Problem([], new InstanaOptions { Environment = new InstanaEnvironment(Url, null) }, InstanaCaller.Process)
            .ShouldBe("Authentication failed: Missing credentials - INSTANA_API_TOKEN is missing");
    }

    [Theory]
    [InlineData("https://evil.example", "not on the list")]
    [InlineData("http://unit.instana.io", "must use https")]
    [InlineData("https://169.254.169.254", "not on the list")]
    [InlineData("unit.instana.io", "Instana base URL must start with http:// or https://")]
    public void An_address_that_is_not_allowed_is_refused(string url, string reason) =>
        Problem(new() { ["instana-base-url"] = url, ["instana-api-token"] = "t" }, new InstanaOptions()).ShouldContain(reason);

    [Theory]
    [InlineData("instana-api-token", 2049, "exceeds maximum length of 2048")]
    [InlineData("instana-jwt-token", 2049, "exceeds maximum length of 2048")]
    [InlineData("instana-auth-token", 2049, "exceeds maximum length of 2048")]
    public void A_token_is_at_most_2048_characters(string header, int length, string reason)
    {
        var headers = new Dictionary<string, string> { ["instana-base-url"] = Url, ["instana-csrf-token"] = "c", [header] = new('s', length) };
        Problem(headers, new InstanaOptions()).ShouldContain(reason);
        headers[header] = new string('s', length - 1);
        Resolve(headers).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a\r\nX-Evil: 1")]
    [InlineData("ä")]
    [InlineData("a\0")]
    public void A_token_is_visible_ASCII(string token)
    {
        var problem = Problem(new() { ["instana-base-url"] = Url, ["instana-api-token"] = token }, new InstanaOptions());
        problem.ShouldContain("visible ASCII");
        problem.ShouldNotContain(token);
    }

    [Theory]
    [InlineData("a;b", "ok", "cookie cannot carry")]
    [InlineData("a\"b", "ok", "cookie cannot carry")]
    [InlineData("a", "in token", "letters, digits")]
    [InlineData("a", "x=y", "letters, digits")]
    [InlineData("a", "x;y", "letters, digits")]
    public void A_session_cannot_smuggle_a_second_cookie(string token, string cookie, string reason) =>
        Problem(new() { ["instana-base-url"] = Url, ["instana-auth-token"] = token, ["instana-csrf-token"] = "c", ["instana-cookie-name"] = cookie }, new InstanaOptions())
            .ShouldContain(reason);

    [Fact]
    public void The_operators_own_address_needs_no_entry_and_opens_no_other()
    {
        var own = new InstanaOptions { Environment = new InstanaEnvironment("https://instana.corp.example/api/", "t") };
        Resolve([], own, InstanaCaller.Process).BaseUrl.Host.ShouldBe("instana.corp.example");
        Problem(new() { ["instana-base-url"] = "https://other.corp.example", ["instana-api-token"] = "t" }, own).ShouldContain("not on the list");
        Resolve([], new InstanaOptions { Environment = new InstanaEnvironment("http://127.0.0.1:8090", "t") }, InstanaCaller.Process).BaseUrl.Port.ShouldBe(8090);
        Problem([], new InstanaOptions { Environment = new InstanaEnvironment("http://instana.corp.example", "t") }, InstanaCaller.Process).ShouldContain("must use https");
    }

    [Fact]
    public void A_unit_that_is_held_serves_who_brings_nothing()
    {
        var one = Held(["prod"]);
        Resolve([], one).ShouldBe(new InstanaConnection(new Uri("https://prod.instana.io"), new HeldCredential("prod")));
        Resolve([], one, InstanaCaller.Process).Credential.ShouldBe(new HeldCredential("prod"));
        Resolve([], one, unit: "PROD").Credential.ShouldBe(new HeldCredential("prod"));
        // What a request brings comes first, and whole.
        Resolve(new() { ["instana-base-url"] = Url, ["instana-api-token"] = "t" }, one).Credential.ShouldBe(new ApiTokenCredential("t"));
        Problem(new() { ["instana-base-url"] = Url }, one).ShouldContain("missing required headers");
        Problem(new() { ["instana-api-token"] = "t" }, one).ShouldContain("missing required headers");
    }

    [Fact]
    public void Of_several_units_one_is_named_or_is_the_default()
    {
        var several = Held(["prod", "test"]);
        Problem([], several).ShouldBe("Say which Instana unit is meant, with unit; there are: prod, test.");
        Problem([], several, unit: "stage").ShouldBe("There is no unit 'stage'; there are: prod, test.");
        Resolve([], several, unit: " test ").Credential.ShouldBe(new HeldCredential("test"));
        Resolve([], several with { HeldDefault = "test" }).Credential.ShouldBe(new HeldCredential("test"));
        Resolve([], several with { HeldDefault = "test" }, unit: "prod").Credential.ShouldBe(new HeldCredential("prod"));
    }

    private static InstanaOptions Held(string[] names) => new()
    {
        AllowedHosts = HostAllowList.Parse(["unit.instana.io"]),
        Held = names.ToDictionary(name => name, name => new HeldUnit(name, $"https://{name}.instana.io", "c2VhbGVk"), StringComparer.OrdinalIgnoreCase),
    };

    private static InstanaConnection Resolve(Dictionary<string, string> headers, InstanaOptions? options = null, InstanaCaller caller = InstanaCaller.Http, string? unit = null)
    {
        ConnectionResolver.TryResolve(headers.GetValueOrDefault, options ?? new InstanaOptions(), caller, unit, out var connection, out var problem).ShouldBeTrue(problem);
        problem.ShouldBeNull();
        return connection!;
    }

    private static string Problem(Dictionary<string, string> headers, InstanaOptions options, InstanaCaller caller = InstanaCaller.Http, string? unit = null)
    {
        ConnectionResolver.TryResolve(headers.GetValueOrDefault, options, caller, unit, out var connection, out var problem).ShouldBeFalse();
        connection.ShouldBeNull();
        return problem!;
    }
}
