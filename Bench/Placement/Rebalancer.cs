namespace Granary.Bench.Placement;

/// <summary>The rebalancer's sessions over time: when a round is run and when it rests, by Orleans' rules.</summary>
internal sealed class Rebalancer(ClusterModel cluster, RebalancingRules rules)
{
    private double _before;
    private int _round;
    private int _stagnant;
    private int _next = RebalancingRules.FirstLook;

    /// <summary>What happens in one second.</summary>
    /// <param name="second">Since the change.</param>
    /// <returns>How many activations moved.</returns>
    public int Tick(int second)
    {
        if (second < _next)
            return 0;
        _next = second + RebalancingRules.Period;
        _round++;
        var most = Math.Log(cluster.Living.Count);
        var now = cluster.Entropy();
        if (_stagnant >= RebalancingRules.MostStagnant || (most - now) / most < rules.Allowed(cluster.Active))
        {
            (_before, _round, _stagnant) = (0, 0, 0);
            return 0;
        }
        var change = Math.Abs(now - _before) / most;
        _before = now;
        if (change < rules.Quantum)
        {
            _stagnant++;
            return 0;
        }
        _stagnant = 0;
        return cluster.Rebalance(_round);
    }
}
