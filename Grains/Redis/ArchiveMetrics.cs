using System.Diagnostics.Metrics;

namespace Granary.Grains.Redis;

/// <summary>What leaves Redis for the archive.</summary>
internal static class ArchiveMetrics
{
    private static readonly Counter<long> Segments = new Meter("Granary.Archive").CreateCounter<long>(
        "granary.archive.segments", "{segment}", "Segments of vaults that left Redis for the archive, by outcome: sealed, failed, or deleted because no vault names them any more.");

    /// <summary>Counts some.</summary>
    public static void Count(string outcome, int count)
    {
        if (count > 0)
            Segments.Add(count, new KeyValuePair<string, object?>("outcome", outcome));
    }
}
