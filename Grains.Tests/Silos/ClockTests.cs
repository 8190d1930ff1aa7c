using Granary.Grains.Tests.Support;
using Granary.Silo.Membership;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Granary.Grains.Tests.Silos;

/// <summary>Hosts whose clocks differ form a cluster.</summary>
public sealed class ClockTests
{
    [Fact]
    public async Task A_silo_joins_beside_one_whose_clock_is_hours_ahead()
    {
        var silos = 0;
        await using var cluster = await TestCluster.StartAsync(silos: 1, configure: silo =>
        {
            silo.Configure<ClusterMembershipOptions>(membership => MembershipSettings.Apply(membership, TimeSpan.FromSeconds(3)));
            if (Interlocked.Increment(ref silos) == 1)
                silo.Services.AddKeyedSingleton<TimeProvider>(KeyedService.AnyKey, new ShiftedTime(TimeSpan.FromHours(2)));
        });
        var joined = (await cluster.Silos.StartAdditionalSiloAsync().WaitAsync(TimeSpan.FromMinutes(2))).SiloAddress;
        cluster.Silos.Silos.Select(silo => silo.ServiceProvider.GetRequiredService<ISiloStatusOracle>().GetApproximateSiloStatus(joined)).ShouldAllBe(status => status == SiloStatus.Active);
    }
}
