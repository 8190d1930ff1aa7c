using Granary.Grains.Client;
using Granary.Grains.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Client;

/// <summary>What a gateway knows of its connection to the silos.</summary>
public sealed class ClusterConnectionTests
{
    [Fact]
    public async Task A_gateway_that_nobody_calls_is_connected_again_after_every_silo_was_replaced()
    {
        await using var cluster = await TestCluster.StartAsync();
        var silos = cluster.Silos.Client.ServiceProvider.GetRequiredService<ClusterConnection>();
        silos.IsConnected.ShouldBeTrue();
        foreach (var old in cluster.Silos.Silos.ToList())
        {
            await cluster.Silos.StartAdditionalSiloAsync();
            await ClusterVaultTests.WaitUntilAsync(() => silos.Count == cluster.Silos.Silos.Count);
            await cluster.Silos.StopSiloAsync(old);
        }
        await ClusterVaultTests.WaitUntilAsync(() => silos.Count == cluster.Silos.Silos.Count);
        silos.IsConnected.ShouldBeTrue();
    }

    [Fact]
    public async Task A_call_that_begins_when_a_silo_has_just_died_is_told_of_it_too()
    {
        var silos = new ClusterConnection(TimeProvider.System);
        silos.NotifyGatewayCountChanged(2, 0, connectionRecovered: false);
        var before = silos.Loss;
        silos.NotifyGatewayCountChanged(1, 2, connectionRecovered: false);
        var after = silos.Loss;
        await ClusterVaultTests.WaitUntilAsync(() => before.IsCancellationRequested);
        after.ShouldNotBe(before);
        // A living silo may have handed it on to the dead one.
        await ClusterVaultTests.WaitUntilAsync(() => after.IsCancellationRequested);
        silos.Loss.IsCancellationRequested.ShouldBeFalse();
    }
}
