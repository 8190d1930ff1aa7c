using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Granary.Testing.Oidc;

/// <summary>
/// A real OpenID Connect server (OpenIddict) on loopback: discovery, keys, authorization code with PKCE and refresh tokens. Every visitor is logged in as
/// <c>alice</c> of the tenant <c>acme</c> and consents to everything.
/// </summary>
public sealed class OidcServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OidcServer(WebApplication app, string address) => (_app, Address) = (app, address);

    /// <summary>The issuer identifier, as its tokens have it.</summary>
    public string Address { get; }

    /// <summary>Starts one that makes tokens for a resource and grants these scopes.</summary>
    public static async Task<OidcServer> StartAsync(Uri resource, params string[] scopes)
    {
        var address = $"http://127.0.0.1:{FreePort()}";
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(address);
        builder.Services.AddOpenIddict().AddServer(server =>
        {
            server.SetIssuer(new Uri(address));
            server.SetAuthorizationEndpointUris("connect/authorize").SetTokenEndpointUris("connect/token");
            server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange().AllowRefreshTokenFlow();
            server.AddEphemeralEncryptionKey().AddEphemeralSigningKey().DisableAccessTokenEncryption();
            server.RegisterScopes(scopes).RegisterResources(resource);
            // No database: what it would know of clients is said in the handlers.
            server.EnableDegradedMode();
            server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(_ => default));
            server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(_ => default));
            server.AddEventHandler<HandleAuthorizationRequestContext>(handler => handler.UseInlineHandler(Consent));
            server.UseAspNetCore().DisableTransportSecurityRequirement();
        });
        var app = builder.Build();
        app.UseAuthentication();
        await app.StartAsync();
        return new OidcServer(app, address);
    }

    /// <summary>A port that nothing listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static ValueTask Consent(HandleAuthorizationRequestContext context)
    {
        var identity = new ClaimsIdentity(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        identity.SetClaim(OpenIddictConstants.Claims.Subject, "alice").SetClaim("tenant", "acme");
        identity.SetScopes(context.Request.GetScopes());
        // RFC 8707: the token is made for the resource that the client names.
        if (context.Request.GetResources() is { Length: > 0 } resources)
            identity.SetResources(resources);
        identity.SetDestinations(_ => [OpenIddictConstants.Destinations.AccessToken]);
        context.SignIn(new ClaimsPrincipal(identity));
        return default;
    }
}
