using Granary.Grains.Activations;
using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Grains.Tests.Support;
using Granary.Tenants;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Activations;

/// <summary>A listing is served by the silo it reaches.</summary>
public sealed class VaultsGrainTests
{
    [Fact]
    public async Task Every_silo_lists_a_tenants_vaults_itself()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 2);
        await cluster["notes"].CreateAsync(default);
        foreach (var silo in cluster.Silos.Silos)
        {
            CallContext.Set(TenantId.Default, TimeSpan.FromMinutes(1));
            var grain = silo.ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<IVaultsGrain>("default");
            (await grain.ListAsync(Messages.From(new VaultListing()), default)).Vaults.ShouldBe(["notes"]);
        }
        var statistics = await cluster.Silos.Client.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics();
        var where = statistics.Where(grain => grain.GrainType.Contains(nameof(VaultsGrain), StringComparison.Ordinal) && grain.ActivationCount > 0);
        where.Select(grain => grain.SiloAddress).Distinct().Count().ShouldBe(2);
    }
}
