namespace Granary.Bench.Placement;

/// <summary>Orleans' settings of the rebalancer (docs/adr/0081) as far as the model knows them.</summary>
/// <param name="ScalesDeviation">Whether more activations excuse more unevenness, as is Orleans' default.</param>
/// <param name="Quantum">A round that changes less counts as stagnation.</param>
internal sealed record RebalancingRules(bool ScalesDeviation, double Quantum)
{
    /// <summary>From the change to the first look.</summary>
    public const int FirstLook = 30;

    /// <summary>Seconds between rounds, and between sessions.</summary>
    public const int Period = 5;

    /// <summary>How many move from one silo in a round at most.</summary>
    public const int MostAtOnce = 250;

    /// <summary>How much more a later round evens out.</summary>
    public const double Eagerness = 0.5;

    /// <summary>How much less is evened out where there are more silos.</summary>
    public const double SiloWeight = 0.1;

    /// <summary>So many stagnant rounds end a session.</summary>
    public const int MostStagnant = 3;

    /// <summary>Orleans' defaults.</summary>
    public static RebalancingRules Orleans { get; } = new(ScalesDeviation: true, 0.0001);

    /// <summary>As a silo of ours sets them (<c>Silo/Membership/RebalancingServices</c>).</summary>
    public static RebalancingRules Ours { get; } = new(ScalesDeviation: false, 1e-6);

    private const double Deviation = 0.0001;
    private const double MostDeviation = 0.1;
    private const int ScaledFrom = 10_000;

    /// <summary>How far from even a cluster may be, as a share of the greatest entropy.</summary>
    public double Allowed(int activations) => ScalesDeviation && activations >= ScaledFrom
        ? Math.Min(Deviation * Math.Pow(10, (int)Math.Log10(activations / (double)ScaledFrom)), MostDeviation)
        : Deviation;
}
