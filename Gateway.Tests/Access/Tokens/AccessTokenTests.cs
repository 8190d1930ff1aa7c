using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Gateway.Tests.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;

namespace Granary.Gateway.Tests.Access.Tokens;

/// <summary>Access tokens (MCP authorization, RFC 6750, 8725, 9728): who gets in, as whom, and what a client is told that does not.</summary>
[Trait("Kind", "Hostile")]
public sealed class AccessTokenTests : IAsyncLifetime
{
    private const string Metadata = "https://granary.example.com/.well-known/oauth-protected-resource/mcp";
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-tokens-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(57));
    private TestIssuer _issuer = null!;
    private TestIssuer _other = null!;
    private TestGateway _gateway = null!;
    private string _key = "";

    private McpHttp Http => _gateway.Http;

    private DateTimeOffset Now => _time.GetUtcNow();

    public async Task InitializeAsync()
    {
        _issuer = await TestIssuer.StartAsync();
        _other = await TestIssuer.StartAsync();
        _key = Keys.Add(Path.Combine(_folder, "keys.json"), "acme", "*");
        await File.WriteAllTextAsync(Path.Combine(_folder, "issuers.json"), $$"""
            {"issuers":[
              {"name":"corp","issuer":"{{_issuer.Address}}","tenantClaim":"tenant","tenants":["acme","team-*"],"maxLifetime":3600},
              {"name":"partner","issuer":"{{_other.Address}}","tenant":"globex","scopeClaim":"scp","audiences":["api://granary"]}]}
            """);
        _gateway = await StartAsync("issuers.json");
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _issuer.DisposeAsync();
        await _other.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("POST", "/mcp")]
    [InlineData("GET", "/mcp")]
    [InlineData("GET", "/sse")]
    [InlineData("GET", "/api/v1/vaults")]
    public async Task Without_a_token_the_challenge_says_where_to_get_one(string method, string path)
    {
        var answer = await Http.SendAsync(Http.Request(new HttpMethod(method), path));
        answer.Status.ShouldBe(401);
        answer.Header("WWW-Authenticate").ShouldBe($"Bearer realm=\"granary\", scope=\"vault:read instana:read\", resource_metadata=\"{Metadata}\"");
    }

    [Theory]
    [InlineData("", "mcp")]
    [InlineData("/", "mcp")]
    [InlineData("/mcp", "mcp")]
    [InlineData("/sse", "sse")]
    public async Task The_metadata_names_the_authorization_servers(string suffix, string endpoint)
    {
        var answer = await Http.GetAsync("/.well-known/oauth-protected-resource" + suffix);
        (answer.Status, answer.MediaType).ShouldBe((200, "application/json"));
        ((string)answer.Message["resource"]!).ShouldBe($"https://granary.example.com/{endpoint}");
        answer.Message["authorization_servers"]!.AsArray().Select(s => (string)s!).ShouldBe([_issuer.Address, _other.Address]);
        answer.Message["bearer_methods_supported"]!.AsArray().Select(s => (string)s!).ShouldBe(["header"]);
        var scopes = answer.Message["scopes_supported"]!.AsArray().Select(s => (string)s!).ToList();
        scopes.ShouldContain("vault:read");
        scopes.ShouldNotContain("*");
        scopes.ShouldNotContain("offline_access");
    }

    [Theory]
    [InlineData("GET", "/.well-known/oauth-protected-resource/other")]
    [InlineData("GET", "/.well-known/oauth-protected-resource/mcp/mcp")]
    [InlineData("POST", "/.well-known/oauth-protected-resource/mcp")]
    public async Task There_is_no_metadata_anywhere_else(string method, string path) =>
        (await Http.SendAsync(Http.Request(new HttpMethod(method), path))).Status.ShouldBe(404);

    [Fact]
    public async Task A_token_stands_for_its_tenant_and_subject()
    {
        (await WhoAsync(_issuer.Token(Now))).ToolText.ShouldStartWith("acme/corp:alice/");
        (await WhoAsync(_issuer.Token(Now, new() { ["tenant"] = "team-7" }))).ToolText.ShouldStartWith("team-7/corp:alice/");
        (await WhoAsync(_issuer.Token(Now, new() { ["aud"] = new JsonArray("https://x.example", "https://granary.example.com/sse") }))).Status.ShouldBe(200);
        (await WhoAsync(_other.Token(Now, new() { ["aud"] = "api://granary", ["tenant"] = "acme", ["sub"] = null, ["client_id"] = "robot" }))).ToolText
            .ShouldStartWith("globex/partner:robot/");
        _issuer.Key = new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "ec" };
        _time.Advance(TimeSpan.FromSeconds(11));
        (await WhoAsync(_issuer.Token(Now, algorithm: SecurityAlgorithms.EcdsaSha256, type: "JWT"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_key_still_opens_and_a_key_beside_a_token_does_not()
    {
        (await WhoAsync(_key)).ToolText.ShouldStartWith("acme/");
        var both = await Http.PostAsync(McpRequest.Call("t_whoami").Header("Authorization", "Bearer " + _issuer.Token(Now)).Header("X-API-Key", _key));
        both.ShouldFail(401, -32600);
        both.Header("WWW-Authenticate")!.ShouldContain("error=\"invalid_request\"");
        (await Http.PostAsync(McpRequest.Call("t_whoami").Header("X-API-Key", _issuer.Token(Now)))).Status.ShouldBe(401);
        (await Http.GetAsync("/mcp?access_token=" + _issuer.Token(Now))).Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_scope_that_is_missing_is_403_and_named_with_the_metadata()
    {
        var token = _issuer.Token(Now);
        var answer = await Http.PostAsync(McpRequest.Call("t_write").Header("Authorization", "Bearer " + token));
        answer.ShouldFail(403, -32600);
        answer.Header("WWW-Authenticate").ShouldBe(
            $"Bearer realm=\"granary\", error=\"insufficient_scope\", scope=\"vault:write\", resource_metadata=\"{Metadata}\"");
        (await Http.PostAsync(McpRequest.Call("t_read").Header("Authorization", "Bearer " + token))).ToolText.ShouldBe("read");
        var list = _other.Token(Now, new() { ["scp"] = new JsonArray("vault:write", "x") });
        (await Http.PostAsync(McpRequest.Call("t_write").Header("Authorization", "Bearer " + list))).ToolText.ShouldBe("written");
    }

    [Theory]
    [InlineData("vault:write vault:nothing")]
    [InlineData("*")]
    [InlineData("VAULT:WRITE")]
    [InlineData("vault:write,vault:read")]
    public async Task Only_scopes_that_stand_alone_and_are_known_are_granted(string scope)
    {
        var answer = await Http.PostAsync(McpRequest.Call("t_write").Header("Authorization", "Bearer " + _issuer.Token(Now, new() { ["scope"] = scope })));
        answer.Status.ShouldBe(scope.StartsWith("vault:write ", StringComparison.Ordinal) ? 200 : 403);
    }

    [Fact]
    public async Task A_token_that_is_not_right_in_one_thing_is_refused_with_a_sentence()
    {
        var unix = Now.ToUnixTimeSeconds();
        (string Says, JsonObject Claims)[] wrong =
        [
            ("'aud' names another", new() { ["aud"] = "https://granary.example.com.evil.example/mcp" }),
            ("'aud' names another", new() { ["aud"] = "https://other.example/mcp" }),
            ("'aud' names another", new() { ["aud"] = new JsonArray() }),
            ("'aud' names another", new() { ["aud"] = null }),
            ("has expired", new() { ["exp"] = unix - 31, ["iat"] = unix - 100 }),
            ("is to come", new() { ["nbf"] = unix + 60 }),
            ("is to come", new() { ["iat"] = unix + 60 }),
            ("never expires", new() { ["exp"] = null }),
            ("longer than this server allows: 3600 seconds", new() { ["exp"] = unix + 3601 }),
            ("longer than this server allows: 3600 seconds", new() { ["exp"] = unix + 4000, ["iat"] = null }),
            ("no claim 'tenant'", new() { ["tenant"] = null }),
            ("does not speak for the tenant", new() { ["tenant"] = "globex" }),
            ("does not speak for the tenant", new() { ["tenant"] = "team" }),
            ("does not speak for the tenant", new() { ["tenant"] = "team-/../x" }),
            ("no 'sub'", new() { ["sub"] = null }),
            ("no 'sub'", new() { ["sub"] = "" }),
            ("no 'sub'", new() { ["sub"] = "al\nice" }),
            ("no 'sub'", new() { ["sub"] = new string('x', 129) }),
            ("no access token of an issuer", new() { ["iss"] = "https://login.example.com" }),
            ("no access token of an issuer", new() { ["iss"] = _issuer.Address + "/" }),
            ("no access token of an issuer", new() { ["iss"] = null }),
            // The other issuer's name, signed by this one's key.
            ("key that its issuer does not publish", new() { ["iss"] = _other.Address }),
        ];
        foreach (var (says, claims) in wrong)
            await RefusedAsync(_issuer.Token(Now, claims), says, claims.ToJsonString());
    }

    [Fact]
    public async Task A_signature_that_proves_nothing_is_refused()
    {
        await RefusedAsync(_issuer.Token(Now, type: "logout+jwt"), "no access token: its header's 'typ'", "typ");
        await RefusedAsync(_issuer.Token(Now, key: TestIssuer.NewRsa()), "key that its issuer does not publish", "unknown key");
        await RefusedAsync(_issuer.Token(Now, key: new RsaSecurityKey(RSA.Create(2048)) { KeyId = _issuer.Key.KeyId }), "signature is not valid", "same kid");
        // The issuer's public key as the secret of a symmetric algorithm (RFC 8725, 2.1).
        var pem = Encoding.UTF8.GetBytes(((RsaSecurityKey)_issuer.Key).Rsa.ExportSubjectPublicKeyInfoPem());
        var mixed = _issuer.Token(Now, key: new SymmetricSecurityKey(pem) { KeyId = _issuer.Key.KeyId }, algorithm: SecurityAlgorithms.HmacSha256);
        (await WhoAsync(mixed)).ShouldFail(401, -32600);
        var parts = _issuer.Token(Now).Split('.');
        var none = Base64UrlEncoder.Encode("""{"alg":"none","typ":"at+jwt"}""");
        foreach (var token in (string[])[$"{none}.{parts[1]}.", $"{none}.{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1]}", $"{parts[0]}..{parts[2]}",
            $"{parts[0]}.{parts[1]}.{parts[2][..^2]}AA", $"{parts[0]}.{Base64UrlEncoder.Encode("{}")}.{parts[2]}", "a.b.c", "..", "....", $"{parts[0]}.{parts[1]}.{parts[2]}.x.y"])
            (await WhoAsync(token)).ShouldFail(401, -32600);
        var changed = Base64UrlEncoder.Encode(Base64UrlEncoder.Decode(parts[1]).Replace("acme", "team-1", StringComparison.Ordinal));
        (await WhoAsync($"{parts[0]}.{changed}.{parts[2]}")).ShouldFail(401, -32600);
    }

    [Fact]
    public async Task The_clock_skew_is_thirty_seconds_and_a_remembered_token_ends_with_its_exp()
    {
        var unix = Now.ToUnixTimeSeconds();
        (await WhoAsync(_issuer.Token(Now, new() { ["exp"] = unix - 20 }))).Status.ShouldBe(200);
        (await WhoAsync(_issuer.Token(Now, new() { ["nbf"] = unix + 20 }))).Status.ShouldBe(200);
        var token = _issuer.Token(Now, new() { ["exp"] = unix + 60 });
        (await WhoAsync(token)).Status.ShouldBe(200);
        (await WhoAsync(token)).Status.ShouldBe(200);
        _time.Advance(TimeSpan.FromSeconds(91));
        await RefusedAsync(token, "has expired", "after exp and skew");
    }

    [Fact]
    public async Task A_stream_ends_with_its_token()
    {
        var listen = McpRequest.Modern("subscriptions/listen", """{"notifications":{"promptsListChanged":true}}""");
        using var stream = await Http.OpenAsync(listen.Header("Authorization", "Bearer " + _issuer.Token(Now)));
        await stream.MessageAsync();
        _time.Advance(TimeSpan.FromMinutes(11));
        (await stream.ToEndAsync()).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Keys_that_rolled_over_are_fetched_before_their_first_token_is_refused_and_no_more_often_than_every_ten_seconds()
    {
        (await WhoAsync(_issuer.Token(Now))).Status.ShouldBe(200);
        var before = _issuer.Fetches;
        _issuer.Key = TestIssuer.NewRsa();
        _time.Advance(TimeSpan.FromSeconds(11));
        (await WhoAsync(_issuer.Token(Now))).Status.ShouldBe(200);
        for (var i = 0; i < 5; i++)
            await RefusedAsync(_issuer.Token(Now, key: TestIssuer.NewRsa()), "does not publish", "a made-up key");
        _issuer.Fetches.ShouldBe(before + 1);
    }

    [Fact]
    public async Task Keys_serve_on_while_the_issuer_is_away_and_without_any_the_answer_is_503()
    {
        (await WhoAsync(_issuer.Token(Now))).Status.ShouldBe(200);
        _issuer.Instead = _other.Instead = context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        _time.Advance(TimeSpan.FromHours(2));
        (await WhoAsync(_issuer.Token(Now))).Status.ShouldBe(200);
        _time.Advance(TimeSpan.FromHours(23));
        (await WhoAsync(_issuer.Token(Now))).Status.ShouldBe(503);
        var answer = await WhoAsync(_other.Token(Now));
        answer.Status.ShouldBe(503);
        answer.ErrorText.ShouldContain("partner");
        var fetches = _other.Fetches;
        (await WhoAsync(_other.Token(Now))).Status.ShouldBe(503);
        _other.Fetches.ShouldBe(fetches);
        _other.Instead = null;
        _time.Advance(TimeSpan.FromSeconds(11));
        (await WhoAsync(_other.Token(Now))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_key_set_is_neither_redirected_nor_endless()
    {
        _other.Instead = context =>
        {
            context.Response.Redirect(_issuer.Address + "/jwks");
            return Task.CompletedTask;
        };
        (await WhoAsync(_other.Token(Now))).Status.ShouldBe(503);
        _other.Instead = async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.WriteAsync(new string(' ', 10_000));
        };
        _time.Advance(TimeSpan.FromSeconds(11));
        (await WhoAsync(_other.Token(Now))).Status.ShouldBe(503);
    }

    [Fact]
    public async Task A_closed_network_has_its_keys_in_a_file()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "jwks.json"), _issuer.KeySet());
        await File.WriteAllTextAsync(Path.Combine(_folder, "closed.json"), $$"""
            {"issuers":[{"name":"corp","issuer":"{{_issuer.Address}}","tenant":"acme","keys":"jwks.json"}],"scopes":["vault:read"]}
            """);
        await using var closed = await StartAsync("closed.json");
        (await closed.Http.PostAsync(McpRequest.Call("t_whoami").Header("Authorization", "Bearer " + _issuer.Token(Now)))).ToolText.ShouldStartWith("acme/corp:alice/");
        (await closed.Http.PostAsync(McpRequest.Call("t_whoami"))).Header("WWW-Authenticate")!.ShouldContain("scope=\"vault:read\"");
        _issuer.Fetches.ShouldBe(0);
    }

    [Fact]
    public async Task Sessions_belong_to_the_subject_and_outlive_its_token()
    {
        var token = _issuer.Token(Now);
        var opened = await Http.PostAsync(McpRequest.Legacy("initialize", McpHttp.Handshake("2025-11-25")).Header("Authorization", "Bearer " + token));
        var session = opened.Header("Mcp-Session-Id")!;
        (await PingAsync(session, _issuer.Token(Now, new() { ["jti"] = "another" }))).ShouldSucceed();
        (await PingAsync(session, _issuer.Token(Now, new() { ["sub"] = "bob" }))).ShouldFail(404, -32001);
        (await PingAsync(session, _key)).ShouldFail(404, -32001);
    }

    [Fact]
    public async Task Tokens_stand_in_no_log_and_in_no_answer()
    {
        var token = _issuer.Token(Now, new() { ["aud"] = "x" });
        (await WhoAsync(token)).Text.ShouldNotContain(token.Split('.')[1]);
        _gateway.Logs.All.ShouldContain(line => line.Contains("Refused with 401: wrong audience"));
        _gateway.Logs.All.ShouldNotContain(line => line.Contains(token.Split('.')[1]) || line.Contains(token.Split('.')[2]));
    }

    [Fact]
    public async Task The_framework_authenticates_tokens_at_endpoints_once_and_nothing_else()
    {
        var asked = new List<string?>();
        await using var gateway = await StartAsync("issuers.json", services => services.AddSingleton(asked).AddScoped<IAuthenticationService, CountingService>());
        (await CallAsync(_key)).ToolText.ShouldStartWith("acme/");
        await gateway.Http.GetAsync("/health", ("Authorization", "Bearer " + _issuer.Token(Now)));
        asked.ShouldBeEmpty();
        (await CallAsync(_issuer.Token(Now))).ToolText.ShouldStartWith("acme/corp:alice/");
        asked.ShouldBe(["Issuer:corp"]);

        Task<Answer> CallAsync(string credential) => gateway.Http.PostAsync(McpRequest.Call("t_whoami").Header("Authorization", "Bearer " + credential));
    }

    private Task<TestGateway> StartAsync(string issuers, Action<IServiceCollection>? configure = null) => TestGateway.StartAsync(
        o => o with { ApiKeyFile = Path.Combine(_folder, "keys.json"), IssuersFile = Path.Combine(_folder, issuers), PublicUrl = new Uri("https://granary.example.com") },
        s =>
        {
            s.AddSingleton<TimeProvider>(_time);
            configure?.Invoke(s);
        });

    private Task<Answer> WhoAsync(string token) => Http.PostAsync(McpRequest.Call("t_whoami").Header("Authorization", "Bearer " + token));

    private Task<Answer> PingAsync(string session, string token) =>
        Http.PostAsync(McpRequest.Legacy("ping", "{}", session).Header("Authorization", "Bearer " + token));

    private async Task RefusedAsync(string token, string says, string what)
    {
        var answer = await WhoAsync(token);
        answer.ShouldFail(401, -32600);
        answer.ErrorText.ShouldContain(says, customMessage: what);
        answer.Header("WWW-Authenticate")!.ShouldContain($"error=\"invalid_token\", scope=\"vault:read instana:read\", resource_metadata=\"{Metadata}\"");
    }
    /// <summary>ASP.NET Core's service; which schemes it is asked about is kept.</summary>
    private sealed class CountingService(
        List<string?> asked, IAuthenticationSchemeProvider schemes, IAuthenticationHandlerProvider handlers, IClaimsTransformation transform, IOptions<AuthenticationOptions> options)
        : AuthenticationService(schemes, handlers, transform, options)
    {
        public override Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme)
        {
            asked.Add(scheme);
            return base.AuthenticateAsync(context, scheme);
        }
    }
}
