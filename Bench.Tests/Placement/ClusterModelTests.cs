using Granary.Bench.Placement;

namespace Granary.Bench.Tests.Placement;

/// <summary>What must hold of any cluster, whatever the seed.</summary>
public sealed class ClusterModelTests
{
    private const int Silos = 20;
    private const int Tenants = 40_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Each_tenant_is_on_one_living_silo_whatever_happens(int seed)
    {
        var cluster = Full(seed);
        var rebalancer = new Rebalancer(cluster, new RebalancingRules(ScalesDeviation: false, 1e-7));
        for (var second = 0; second < 200; second++)
        {
            if (second == 10)
                cluster.Join();
            if (second % 50 == 20)
            {
                foreach (var tenant in cluster.Kill(cluster.Living[0]))
                    cluster.Place(tenant);
            }
            rebalancer.Tick(second);
            cluster.Look();
            cluster.Active.ShouldBe(Tenants);
        }
        var counted = cluster.Homes.CountBy(home => home).ToDictionary();
        counted.Keys.ShouldBe(cluster.Living, ignoreOrder: true);
        foreach (var silo in cluster.Living)
            cluster.CountOf(silo).ShouldBe(counted[silo]);
    }

    [Fact]
    public void A_death_moves_what_was_on_the_dead_silo_and_nothing_else()
    {
        var cluster = Full(seed: 3);
        var before = cluster.Homes.ToArray();
        var lost = cluster.Kill(4);
        lost.Count.ShouldBe(before.Count(home => home == 4));
        foreach (var tenant in lost)
            cluster.Place(tenant).ShouldNotBe(4);
        cluster.Homes.Index().Count(home => home.Item != before[home.Index]).ShouldBe(lost.Count);
    }

    [Fact]
    public void A_silo_that_joins_moves_nothing_by_itself_and_rounds_move_a_bounded_number_to_it()
    {
        var cluster = Full(seed: 4);
        var before = cluster.Homes.ToArray();
        var joined = cluster.Join();
        cluster.Homes.ShouldBe(before);
        for (var round = 1; round <= 100; round++)
        {
            var (had, uneven) = (cluster.CountOf(joined), cluster.Unevenness);
            var moved = cluster.Rebalance(round);
            moved.ShouldBeInRange(0, cluster.Living.Count / 2 * RebalancingRules.MostAtOnce);
            (cluster.CountOf(joined) - had).ShouldBeInRange(0, RebalancingRules.MostAtOnce);
            cluster.Unevenness.ShouldBeLessThanOrEqualTo(uneven);
        }
        cluster.CountOf(joined).ShouldBeGreaterThan(Tenants / cluster.Living.Count * 9 / 10);
    }

    [Fact]
    public void The_same_seed_gives_the_same_cluster_and_another_one_does_not()
    {
        Full(seed: 5).Homes.ShouldBe(Full(seed: 5).Homes);
        Full(seed: 5).Homes.ShouldNotBe(Full(seed: 6).Homes);
    }

    [Fact]
    public void An_unevenness_that_orleans_excuses_with_many_activations_is_not_excused_without_its_scale()
    {
        RebalancingRules.Orleans.Allowed(9_999).ShouldBe(0.0001, 1e-9);
        RebalancingRules.Orleans.Allowed(1_000_000).ShouldBe(0.01, 1e-9);
        new RebalancingRules(ScalesDeviation: false, 0.0001).Allowed(1_000_000).ShouldBe(0.0001, 1e-9);
    }

    private static ClusterModel Full(int seed)
    {
        var cluster = new ClusterModel(Silos, Tenants, seed);
        for (var tenant = 0; tenant < Tenants; tenant++)
        {
            if (tenant % 500 == 0)
                cluster.Look();
            cluster.Place(tenant);
        }
        cluster.Look();
        return cluster;
    }
}
