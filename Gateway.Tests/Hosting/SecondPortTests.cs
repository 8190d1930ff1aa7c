using Granary.Gateway.Tests.Support;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Granary.Gateway.Tests.Hosting;

/// <summary>A second port, for clients that name the one of Provara's server.</summary>
public sealed class SecondPortTests
{
    [Fact]
    public async Task Both_ports_serve_health_and_the_older_transport()
    {
        var gateway = await TestGateway.StartAsync(o => o with { SecondPort = 0 });
        try
        {
            var addresses = gateway.Get<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a)).ToList();
            addresses.Select(a => a.Port).Distinct().Count().ShouldBe(2);
            using var client = new HttpClient();
            foreach (var address in addresses)
            {
                (await client.GetStringAsync(new Uri(address, "/health"))).ShouldStartWith("""{"ok":true,"server":""");
                using var stream = new StreamReader(await client.GetStreamAsync(new Uri(address, "/sse")));
                (await stream.ReadLineAsync()).ShouldBe("event: endpoint");
            }
        }
        finally
        {
            await gateway.DisposeAsync();
        }
    }
}
