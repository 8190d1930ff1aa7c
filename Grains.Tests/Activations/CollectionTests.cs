using Granary.Grains.Tests.Client;
using Granary.Grains.Tests.Support;
using Granary.Tenants;

namespace Granary.Grains.Tests.Activations;

public sealed class CollectionTests
{
    [Fact]
    public async Task An_idle_vault_leaves_memory_and_comes_back_with_its_head()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, idleAfter: TimeSpan.FromSeconds(2));
        await cluster["notes"].CreateAsync(default);
        await cluster["notes"].AppendAsync(TestCluster.Note(), default);
        await WaitForNoVaultAsync(cluster);
        (await cluster["notes"].AppendAsync(TestCluster.Note(), default)).Position.ShouldBe(1);
    }

    [Fact]
    public async Task Names_of_vaults_that_do_not_exist_do_not_fill_a_silo()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1);
        for (var i = 0; i < 20; i++)
            (await ClusterVaultTests.FailureAsync(cluster[$"nobody-{i}"].GetHeadAsync(default))).Failure.ShouldBe(TenantFailure.NotFound);
        await WaitForNoVaultAsync(cluster);
    }

    private static async Task WaitForNoVaultAsync(TestCluster cluster)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (await VaultsAsync(cluster) != 0)
            await Task.Delay(100, limit.Token);
    }

    private static async Task<int> VaultsAsync(TestCluster cluster)
    {
        try
        {
            var statistics = await cluster.Silos.Client.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics();
            return statistics.Where(grain => grain.GrainType.Contains("VaultGrain", StringComparison.Ordinal)).Sum(grain => grain.ActivationCount);
        }
        catch (TimeoutException)
        {
            // The statistics are gathered from every silo, and a busy machine may take longer than a message may wait.
            return -1;
        }
    }
}
