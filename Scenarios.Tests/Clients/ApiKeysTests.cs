using System.Net;
using Granary.Gateway.Configuration;
using Granary.Gateway.Hosting;
using Granary.Mcp.Client;
using Granary.Scenarios.Clients;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Scenarios.Tests.Clients;

public sealed class ApiKeysTests
{
    [Fact]
    public async Task A_gateway_takes_the_keys_each_for_its_tenant()
    {
        var folder = Directory.CreateTempSubdirectory("granary-scenarios-").FullName;
        try
        {
            var keys = AgentKeys.Write(Path.Combine(folder, "keys.json"), ["tenant-a", "tenant-b"]);
            await using var gateway = GatewayHost.Build(new GatewayOptions { Port = 0, DataFolder = folder, ApiKeyFile = Path.Combine(folder, "keys.json") });
            await gateway.StartAsync();
            var endpoint = new Uri(gateway.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/mcp");

            using var a = new Agent("tenant-a", keys[0], Era.Modern, endpoint);
            using var b = new Agent("tenant-b", keys[1], Era.Legacy, endpoint);
            using var nobody = new Agent("tenant-a", keys[0] + "x", Era.Modern, endpoint);
            await b.InitializeAsync(CancellationToken.None);
            (await InitAsync(a)).Kind.ShouldBe(AnswerKind.Success);
            (await InitAsync(b)).Kind.ShouldBe(AnswerKind.Success, "it is another tenant's vault of the same name");
            (await InitAsync(a)).Code.ShouldBe("already_exists");
            (await InitAsync(nobody)).Status.ShouldBe((int)HttpStatusCode.Unauthorized);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<Answer> InitAsync(Agent agent) => agent.CallAsync("init_vault", """{"vault_path":"v"}""", TimeSpan.FromSeconds(30), CancellationToken.None);
}
