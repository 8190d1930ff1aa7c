namespace Granary.Simulator.World;

/// <summary>Calls, how many of them failed, and how long all of them took. Tallies add up, so parts sum to their whole.</summary>
internal readonly record struct Tally(long Calls, long Errors, double LatencySum)
{
    // A latency's distribution has one shape everywhere; only its mean differs.
    private static readonly Dictionary<string, double> Shape = new()
    {
        ["MEAN"] = 1, ["MIN"] = 0.2, ["P25"] = 0.55, ["P50"] = 0.8, ["P75"] = 1.2, ["P90"] = 1.8, ["P95"] = 2.3, ["P98"] = 3, ["P99"] = 3.5, ["P99_9"] = 4.5,
        ["P99_99"] = 5.2,
        ["MAX"] = 6,
    };

    public double ErrorRate => Calls == 0 ? 0 : (double)Errors / Calls;

    public static Tally operator +(Tally a, Tally b) => new(a.Calls + b.Calls, a.Errors + b.Errors, a.LatencySum + b.LatencySum);

    /// <returns>The value of a metric over so many seconds; null for a metric or an aggregation that is not one.</returns>
    public double? Metric(string metric, string aggregation, double seconds) => (metric, aggregation) switch
    {
        ("calls", "SUM") => Calls,
        ("calls", "PER_SECOND") => Calls / seconds,
        ("erroneousCalls", "SUM") => Errors,
        ("erroneousCalls", "PER_SECOND") => Errors / seconds,
        ("errors", "MEAN") => Math.Round(ErrorRate, 6),
        ("latency", "SUM") => Math.Round(LatencySum, 3),
        ("latency", _) when Shape.TryGetValue(aggregation, out var factor) => Calls == 0 ? 0 : Math.Round(LatencySum / Calls * factor, 3),
        _ => null,
    };
}
