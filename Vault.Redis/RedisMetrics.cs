using System.Diagnostics;
using System.Diagnostics.Metrics;
using Granary.Vault.Redis.Connections;

namespace Granary.Vault.Redis;

/// <summary>How long commands take, and how they end.</summary>
internal static class RedisMetrics
{
    private static readonly Histogram<double> Commands = new Meter("Granary.Redis").CreateHistogram<double>(
        "granary.redis.duration", "s", "Commands to Redis with their wait, by what is done and outcome: ok, or why there was no answer.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5] });

    /// <summary>Counts one.</summary>
    public static void Record(string method, long start, CommandEnd? failure)
    {
        if (!Commands.Enabled)
            return;
        var outcome = failure?.ToString() ?? "ok";
        Commands.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, new("operation", RedisTrace.NameOf(method)), new("outcome", outcome));
    }
}
