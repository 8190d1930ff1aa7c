namespace Granary.Bench.Placement;

/// <summary>
/// A cluster by its counts: which silo each tenant's activation is on. Placement is Orleans' ResourceOptimizedPlacement with all silos alike in processor and memory: of the root of
/// their number, drawn at random, the one with the fewest activations, unless the silo that was asked is hardly worse. Silos know each other's counts as of the last second.
/// </summary>
internal sealed class ClusterModel
{
    /// <summary>A tenant that is active nowhere.</summary>
    public const int Nowhere = -1;

    /// <summary>The weight of the count in a silo's score, and how much worse the silo that was asked may be.</summary>
    private const double CountWeight = 0.15;
    private const double LocalMargin = 0.05;

    private readonly Random _random;
    private readonly int[] _homes;
    private readonly List<int> _counts = [];
    private readonly List<bool> _alive = [];
    private int[] _known = [];
    private int _most = 1;
    private int[] _living = [];

    /// <summary>A cluster with nothing active.</summary>
    public ClusterModel(int silos, int tenants, int seed)
    {
        _random = Chance(seed);
        _homes = new int[tenants];
        Array.Fill(_homes, Nowhere);
        for (var i = 0; i < silos; i++)
            Join();
    }

    /// <summary>Chance that is the same for the same seed.</summary>
#pragma warning disable RS0030 // A simulation can be run again only with its seeds.
    public static Random Chance(int seed) => new(seed);
#pragma warning restore RS0030

    /// <summary>The silo of each tenant, or <see cref="Nowhere"/>.</summary>
    public IReadOnlyList<int> Homes => _homes;

    /// <summary>The living silos.</summary>
    public IReadOnlyList<int> Living => _living;

    /// <summary>How many activations a silo has.</summary>
    public int CountOf(int silo) => _counts[silo];

    /// <summary>How many activations there are.</summary>
    public int Active => _living.Sum(CountOf);

    /// <summary>The fullest silo over the mean.</summary>
    public double Unevenness => _living.Max(CountOf) / _living.Average(CountOf);

    /// <summary>A silo joins.</summary>
    /// <returns>Its number.</returns>
    public int Join()
    {
        _counts.Add(0);
        _alive.Add(true);
        Look();
        return _counts.Count - 1;
    }

    /// <summary>A silo dies, and its activations with it.</summary>
    /// <returns>Their tenants.</returns>
    public IReadOnlyList<int> Kill(int silo)
    {
        _alive[silo] = false;
        var lost = new List<int>(_counts[silo]);
        for (var tenant = 0; tenant < _homes.Length; tenant++)
        {
            if (_homes[tenant] != silo)
                continue;
            _homes[tenant] = Nowhere;
            lost.Add(tenant);
        }
        _counts[silo] = 0;
        Look();
        return lost;
    }

    /// <summary>Silos tell their counts, as they do each second.</summary>
    public void Look()
    {
        _living = [.. Enumerable.Range(0, _counts.Count).Where(silo => _alive[silo])];
        _known = [.. _counts];
        _most = Math.Max(1, _living.Max(CountOf));
    }

    /// <summary>A tenant that is active nowhere is called.</summary>
    /// <returns>Its silo.</returns>
    public int Place(int tenant)
    {
        // A gateway sends a grain's calls to one of the silos, any of them.
        var asked = _living[_random.Next(_living.Length)];
        var best = asked;
        var candidates = (int)Math.Ceiling(Math.Sqrt(_living.Length));
        for (var i = 0; i < candidates; i++)
        {
            var other = _living[_random.Next(_living.Length)];
            if (_known[other] < _known[best])
                best = other;
        }
        var chosen = CountWeight * (_known[asked] - _known[best]) / _most > LocalMargin ? best : asked;
        _homes[tenant] = chosen;
        _counts[chosen]++;
        return chosen;
    }

    /// <summary>One round of the rebalancer: the emptiest silo with the fullest, the next with the next.</summary>
    /// <param name="round">Its number in the session, from 1.</param>
    /// <returns>How many activations moved.</returns>
    public int Rebalance(int round)
    {
        var sorted = _living.OrderBy(CountOf).ToArray();
        var alpha = Entropy() / Math.Log(sorted.Length);
        var scale = (1 - Math.Exp(-RebalancingRules.Eagerness * round)) / (1 + (RebalancingRules.SiloWeight * (sorted.Length - 1)));
        var wanted = new Dictionary<int, (int To, int Count)>();
        for (var (low, high) = (0, sorted.Length - 1); low < high; low++, high--)
        {
            var count = Math.Min((int)(alpha * scale * (CountOf(sorted[high]) - CountOf(sorted[low])) / 2), RebalancingRules.MostAtOnce);
            if (count > 0)
                wanted[sorted[high]] = (sorted[low], count);
        }
        return Move(wanted);
    }

    /// <summary>How even the counts are: the logarithm of the number of silos where all have the same.</summary>
    public double Entropy()
    {
        double total = Math.Max(1, Active);
        return -_living.Select(silo => Math.Max(CountOf(silo) / total, 1e-10)).Sum(share => share * Math.Log(share));
    }

    /// <summary>Which ones move is chance: those met first, from a place that is drawn.</summary>
    private int Move(Dictionary<int, (int To, int Count)> wanted)
    {
        var moved = 0;
        var begin = _random.Next(_homes.Length);
        for (var i = 0; i < _homes.Length && wanted.Count > 0; i++)
        {
            ref var home = ref _homes[(begin + i) % _homes.Length];
            if (!wanted.TryGetValue(home, out var move))
                continue;
            _counts[home]--;
            _counts[move.To]++;
            if (move.Count == 1)
                wanted.Remove(home);
            else
                wanted[home] = move with { Count = move.Count - 1 };
            home = move.To;
            moved++;
        }
        return moved;
    }
}
