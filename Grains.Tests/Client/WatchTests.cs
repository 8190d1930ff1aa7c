using System.Collections.Concurrent;
using Granary.Grains.Tests.Support;
using Granary.Tenants;

namespace Granary.Grains.Tests.Client;

public sealed class WatchTests
{
    [Fact]
    public async Task Commits_reach_who_watches_their_tenant_and_nobody_else()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster["notes"].CreateAsync(default);
        var heard = new ConcurrentQueue<VaultCommitted>();
        var others = new ConcurrentQueue<VaultCommitted>();
        using var other = cluster.Tenants.Watch(TenantId.Parse("other"), others.Enqueue);
        using (cluster.Tenants.Watch(TenantId.Default, heard.Enqueue))
        {
            // The first word is that the subscription stands.
            await ClusterVaultTests.WaitUntilAsync(() => heard.Any(commit => commit.Vault is null));
            await cluster["notes"].AppendAsync(TestCluster.Note(), default);
            await cluster["notes"].AppendAsync(TestCluster.Note(), default);
            await ClusterVaultTests.WaitUntilAsync(() => heard.Contains(new VaultCommitted(TenantId.Default, VaultName.Parse("notes"), 2)));
        }
        others.ShouldAllBe(commit => commit.Vault == null);
    }

    [Fact]
    public async Task Who_watches_goes_on_hearing_after_the_silo_that_told_it_is_gone()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 3);
        await cluster["notes"].CreateAsync(default);
        var heard = new ConcurrentQueue<VaultCommitted>();
        using var watch = cluster.Tenants.Watch(TenantId.Default, heard.Enqueue);
        await ClusterVaultTests.WaitUntilAsync(() => !heard.IsEmpty);
        var grain = cluster.Silos.Client.GetGrain<Contracts.ICommitsGrain>("default");
        var address = await cluster.Silos.Client.GetGrain<Orleans.Runtime.IManagementGrain>(0).GetActivationAddress(grain);
        await cluster.Silos.KillSiloAsync(cluster.Silos.Silos.Single(silo => silo.SiloAddress.Equals(address)));
        heard.Clear();
        // Renewed within seconds, it is told to look again; from then on it hears each commit.
        await ClusterVaultTests.WaitUntilAsync(() => heard.Any(commit => commit.Vault is null));
        await cluster["notes"].AppendAsync(TestCluster.Note(), default);
        await ClusterVaultTests.WaitUntilAsync(() => heard.Any(commit => commit.Head == 1));
    }
}
