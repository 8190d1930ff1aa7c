using System.Diagnostics.Metrics;

namespace Granary.Grains.Calls;

/// <summary>What is under way between gateways and silos, and what was refused or repeated.</summary>
internal static class GrainMetrics
{
    private static readonly Meter Meter = new("Granary.Grains");

    /// <summary>In a silo.</summary>
    public static readonly UpDownCounter<long> SiloCalls = Meter.CreateUpDownCounter<long>(
        "granary.silo.calls", "{call}", "Calls that have a place in this silo.");

    /// <summary>By a silo.</summary>
    public static readonly Counter<long> Refused = Meter.CreateCounter<long>(
        "granary.silo.refused", "{call}", "Calls that found no place in this silo, by whose bound it was: tenant or silo.");

    /// <summary>In a gateway.</summary>
    public static readonly UpDownCounter<long> ClusterCalls = Meter.CreateUpDownCounter<long>(
        "granary.cluster.calls", "{call}", "Calls to silos that are under way in this gateway.");

    /// <summary>By a gateway.</summary>
    public static readonly Counter<long> Repeats = Meter.CreateCounter<long>(
        "granary.cluster.repeats", "{call}", "Repeats of calls to silos, by whether the budget made them wait.");
}
