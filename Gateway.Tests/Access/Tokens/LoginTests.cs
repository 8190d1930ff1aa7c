using System.Text.Json;
using Granary.Gateway.Tests.Support;
using Granary.Testing.Oidc;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Authentication;
using ModelContextProtocol.Client;

namespace Granary.Gateway.Tests.Access.Tokens;

/// <summary>
/// The SDK's client against a real OpenID Connect server: from 401 to the metadata, the authorization server, a token, and the call (MCP authorization).
/// </summary>
public sealed class LoginTests : IAsyncLifetime
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"granary-issuers-{Guid.NewGuid():N}.json");
    private readonly List<Uri> _asked = [];
    private OidcServer _server = null!;
    private TestGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        var port = OidcServer.FreePort();
        _server = await OidcServer.StartAsync(new Uri($"http://127.0.0.1:{port}/mcp"), "vault:read", "vault:append", "vault:write", "vault:admin", "instana:read", "instana:write");
        await File.WriteAllTextAsync(_file, $$"""{"issuers":[{"name":"oidc","issuer":"{{_server.Address}}/","tenantClaim":"tenant","tenants":["acme"]}]}""");
        _gateway = await TestGateway.StartAsync(o => o with { Port = port, IssuersFile = _file, PublicUrl = new Uri($"http://127.0.0.1:{port}") });
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _server.DisposeAsync();
        File.Delete(_file);
    }

    [Fact]
    public async Task A_client_that_knows_the_url_alone_logs_in_and_calls()
    {
        await using var client = await McpClient.CreateAsync(new HttpClientTransport(
            new HttpClientTransportOptions
            {
                Endpoint = _gateway.Http.Endpoint,
                OAuth = new ClientOAuthOptions
                {
                    ClientId = "desktop",
                    RedirectUri = new Uri("http://127.0.0.1:1/callback"),
                    AuthorizationCallbackHandler = AuthorizeAsync,
                },
            },
            NullLoggerFactory.Instance));
        var asked = _asked.ShouldHaveSingleItem();
        var query = System.Web.HttpUtility.ParseQueryString(asked.Query);
        query["scope"]!.Split(' ').ShouldContain("vault:read");
        query["resource"].ShouldBe(_gateway.Http.Endpoint.AbsoluteUri);
        (await client.ListToolsAsync()).Select(t => t.Name).ShouldContain("query_timeline");
        JsonSerializer.Serialize((await client.CallToolAsync("t_whoami", new Dictionary<string, object?>())).Content).ShouldContain("acme/oidc:alice/");
        (await client.ListToolsAsync()).Select(t => t.Name).ShouldNotContain("append_event");
    }

    // What a browser would do: the server logs in every visitor.
    private async Task<AuthorizationResult?> AuthorizeAsync(AuthorizationCallbackContext context, CancellationToken cancellation)
    {
        _asked.Add(context.AuthorizationUri);
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var response = await browser.GetAsync(context.AuthorizationUri, cancellation);
        var back = response.Headers.Location ?? throw new InvalidOperationException($"No redirect: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellation)}");
        var answer = back.Query.TrimStart('?').Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
        return new AuthorizationResult { Code = answer["code"], State = answer.GetValueOrDefault("state"), Iss = answer.GetValueOrDefault("iss") };
    }
}
