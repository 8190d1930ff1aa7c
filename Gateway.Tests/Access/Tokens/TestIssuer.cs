using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Granary.Gateway.Tests.Access.Tokens;

/// <summary>An authorization server that publishes its keys on loopback, and makes any token a test asks for.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestIssuer(WebApplication app) => _app = app;

    public string Address { get; private set; } = "";

    /// <summary>The key that signs; it is published unless <see cref="Published"/> says otherwise.</summary>
    public SecurityKey Key { get; set; } = NewRsa();

    public List<SecurityKey>? Published { get; set; }

    /// <summary>How often the keys were asked for.</summary>
    public int Fetches => _fetches;

    /// <summary>Answers instead of the key set.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    private int _fetches;

    public static async Task<TestIssuer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var issuer = new TestIssuer(app);
        app.Run(issuer.AnswerAsync);
        await app.StartAsync();
        issuer.Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return issuer;
    }

    public static SecurityKey NewRsa() => new RsaSecurityKey(RSA.Create(2048)) { KeyId = Guid.NewGuid().ToString("N") };

    /// <summary>A token with these claims; null takes a claim out of those that are right.</summary>
    public string Token(DateTimeOffset now, JsonObject? claims = null, SecurityKey? key = null, string algorithm = SecurityAlgorithms.RsaSha256, string type = "at+jwt")
    {
        var all = new JsonObject
        {
            ["iss"] = Address,
            ["aud"] = "https://granary.example.com/mcp",
            ["sub"] = "alice",
            ["tenant"] = "acme",
            ["scope"] = "openid vault:read",
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddMinutes(10).ToUnixTimeSeconds(),
        };
        foreach (var (name, value) in claims ?? [])
        {
            if (value is null)
                all.Remove(name);
            else
                all[name] = value.DeepClone();
        }
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            all.ToJsonString(), new SigningCredentials(key ?? Key, algorithm), new Dictionary<string, object> { ["typ"] = type });
    }

    public string KeySet() => new JsonObject
    {
        ["keys"] = new JsonArray([.. (Published ?? [Key]).Select(k =>
        {
            var jwk = k is ECDsaSecurityKey ec ? JsonWebKeyConverter.ConvertFromECDsaSecurityKey(ec) : JsonWebKeyConverter.ConvertFromRSASecurityKey((RsaSecurityKey)k);
            return jwk.Kty == "EC"
                ? new JsonObject { ["kty"] = "EC", ["kid"] = jwk.Kid, ["crv"] = jwk.Crv, ["x"] = jwk.X, ["y"] = jwk.Y, ["use"] = "sig" }
                : (JsonNode)new JsonObject { ["kty"] = "RSA", ["kid"] = jwk.Kid, ["n"] = jwk.N, ["e"] = jwk.E, ["use"] = "sig" };
        })]),
    }.ToJsonString();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        if (context.Request.Path == "/jwks")
        {
            Interlocked.Increment(ref _fetches);
            if (Instead is not null)
                await Instead(context);
            else
                await context.Response.WriteAsync(KeySet());
            return;
        }
        await context.Response.WriteAsync(new JsonObject { ["issuer"] = Address, ["jwks_uri"] = Address + "/jwks" }.ToJsonString());
    }
}
