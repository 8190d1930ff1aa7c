using Orleans.Configuration;

namespace Granary.Silo.Membership;

/// <summary>
/// Activations move to silos that have fewer of them, so that a cluster which grew is used: placement alone gives a new silo only what is activated from
/// then on, and a vault in use is never activated again. And a silo that runs out of memory gives up activations before its limit does worse.
/// </summary>
internal static class RebalancingServices
{
    /// <summary>After so long a cluster that has come up, or has changed, is looked at for the first time.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(30);

    /// <summary>The time between two rounds of moves. Silos tell their counts every second, and are told of what moved by then.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <summary>How many may leave one silo in a round. Each closes its vault and opens it elsewhere, a few round trips to Redis.</summary>
    private const int MostAtOnce = 250;

    /// <summary>How much of a difference the first round evens out, and each later one more; Orleans' own is 0.1.</summary>
    private const double Eagerness = 0.5;

    /// <summary>
    /// A round that changes less counts for nothing, and three of them end a session. With Orleans' 0.0001 that was each round of a large cluster, where 250 are few; docs/scale.md has
    /// the simulation.
    /// </summary>
    private const double LeastChange = 1e-6;

    public static ISiloBuilder AddRebalancing(this ISiloBuilder silo)
    {
#pragma warning disable ORLEANSEXP002 // What it may change is how it is switched on; what it moves is safe by the log's fence.
        silo.AddActivationRebalancer();
#pragma warning restore ORLEANSEXP002
        silo.Configure<ActivationRebalancerOptions>(rebalancer =>
        {
            rebalancer.RebalancerDueTime = FirstLook;
            rebalancer.SessionCyclePeriod = Period;
            rebalancer.ActivationMigrationCountLimit = MostAtOnce;
            rebalancer.CycleNumberWeight = Eagerness;
            rebalancer.EntropyQuantum = LeastChange;
            // More activations would excuse more unevenness: of a million on 100 silos, one that joined got none.
            rebalancer.ScaleAllowedEntropyDeviation = false;
        });
        // 80 % of what the container may use, down to 75 %: Orleans' defaults.
        return silo.Configure<GrainCollectionOptions>(collection => collection.EnableActivationSheddingOnMemoryPressure = true);
    }
}
