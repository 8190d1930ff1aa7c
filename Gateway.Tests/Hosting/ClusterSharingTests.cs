using System.Diagnostics;
using Granary.Gateway.Configuration;
using Granary.Gateway.Tests.Support;
using Granary.Instana.Connections;
using Granary.Simulator;
using Granary.Simulator.Setup;
using Granary.Tenants;
using Granary.Tenants.Instana;
using Granary.Vault.Keys;

namespace Granary.Gateway.Tests.Hosting;

/// <summary>What gateways of a cluster have together, and what silos keep from them.</summary>
public sealed class ClusterSharingTests : ClusterTests
{
    [Fact]
    public async Task A_limit_holds_for_all_gateways_together()
    {
        const int Burst = 120;
        Silo = await TestSilo.StartAsync(Redis, Key);
        // However slow the machine is, the silo is waited for: a gateway that counts for itself is another test's.
        GatewayOptions Limited(GatewayOptions options) => options with { RatePerKey = 1, BurstPerKey = Burst, LimitPatience = TimeSpan.FromMinutes(2) };
        await using var first = await StartAsync(change: Limited);
        await using var second = await StartAsync(change: Limited);
        var start = Stopwatch.GetTimestamp();
        int[] served = [0, 0];
        Running[] gateways = [first, second];
        for (var refused = 0; refused < 10;)
        {
            var one = (served[0] + served[1] + refused) % 2;
            // A GET without a session is counted, and then answered with 405.
            var status = (await gateways[one].Gateway.Http.SendAsync(gateways[one].Gateway.Http.Request(HttpMethod.Get, "/mcp"))).Status;
            if (status == 429)
                refused++;
            else
                served[one]++;
        }
        served.ShouldAllBe(count => count > 0);
        served.Sum().ShouldBeLessThanOrEqualTo(Burst + (int)Stopwatch.GetElapsedTime(start).TotalSeconds + 1);
        served.Sum().ShouldBeGreaterThan(Burst / 2);
    }

    /// <summary>The gateway knows which units there are and holds no key; the silo opens the token and knows where it goes.</summary>
    [Fact]
    public async Task A_token_that_is_held_for_a_tenant_is_opened_by_the_silo_alone()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { Port = 0, Token = "the-held-token" });
        var folder = Directory.CreateTempSubdirectory("granary-held-").FullName;
        try
        {
            var file = Path.Combine(folder, "tenants.json");
            using (var keys = KeyRing.Parse(Key))
            {
                var unit = HeldUnitEntry.Seal(keys, TenantId.Default, "prod", simulator.Url.GetLeftPart(UriPartial.Authority), "the-held-token");
                await File.WriteAllBytesAsync(file, new TenantBackendsFile(new Dictionary<string, TenantBackendsEntry>
                {
                    [TenantId.Default.Value] = new(Hosts: [], Units: new Dictionary<string, HeldUnitEntry> { ["prod"] = unit }),
                }).Write());
            }
            var instana = new InstanaOptions { TenantsFile = file };
            Silo = await TestSilo.StartAsync(Redis, Key, change: settings => settings with { Instana = instana });
            await using var gateway = await StartAsync(key: "", change: o => o with { Instana = instana });
            (await gateway.Gateway.Http.CallAsync("manage_events", """{"operation":"get_events","params":{"time_range":"2h"}}""")).ShouldSucceed();
            simulator.Requests.Seen.ShouldHaveSingleItem().Headers["Authorization"].ShouldBe("apiToken the-held-token");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
