using Granary.Conformance.Tests.Fixtures;
using Granary.Gateway.Hosting;
using Granary.Testing.Oidc;

namespace Granary.Conformance.Tests.Clients;

/// <summary><c>login-gateway FOLDER</c>: the gateway behind a real OpenID Connect server, both on free ports, for clients that log in.</summary>
internal static class LoginGatewayCommand
{
    public static async Task<int> RunAsync(string data)
    {
        var address = $"http://127.0.0.1:{OidcServer.FreePort()}";
        await using var server = await OidcServer.StartAsync(new Uri($"{address}/mcp"), "vault:read", "vault:append", "vault:write", "vault:admin", "instana:read", "instana:write");
        var issuers = Path.Combine(Directory.CreateDirectory(data).FullName, "issuers.json");
        await File.WriteAllTextAsync(issuers, $$"""{"issuers":[{"name":"oidc","issuer":"{{server.Address}}/","tenantClaim":"tenant","tenants":["acme"]}]}""");
        return await GatewayCommand.RunAsync(
            ["--port", new Uri(address).Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "--data", Path.Combine(data, "data"), "--issuers", issuers, "--public-url", address],
            services => services.AddPlugins(typeof(FixtureTool).Assembly));
    }
}
