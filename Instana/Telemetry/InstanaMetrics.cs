using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Granary.Instana.Telemetry;

/// <summary>What the connections of a process measure, all together.</summary>
internal static class InstanaMetrics
{
    /// <summary>Backends name zones, and could name any number.</summary>
    private const int MaxZones = 64;

    private static readonly Meter Meter = new("Granary.Instana");
    private static readonly ConcurrentDictionary<string, long> Zones = new(StringComparer.Ordinal);

    private static readonly Histogram<double> Requests = Meter.CreateHistogram<double>(
        "granary.instana.request.duration", "s",
        "Attempts at requests to backends, by family and outcome; one that is refused here, by an open breaker or a used-up budget, was not sent.",
        tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] });

    static InstanaMetrics() => Meter.CreateObservableGauge(
        "granary.instana.zone.remaining", () => Zones.Select(zone => new Measurement<long>(zone.Value, new KeyValuePair<string, object?>("zone", zone.Key))),
        "{request}", "What the last answer of a rate-limit zone left, of whichever connection it was.");

    /// <summary>Counts an attempt.</summary>
    public static void Request(string family, long start, string outcome)
    {
        if (Requests.Enabled)
            Requests.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, new("family", family), new("outcome", outcome));
    }

    /// <summary>Keeps what an answer said of its zone.</summary>
    public static void Zone(string name, long left)
    {
        if (Zones.ContainsKey(name) || Zones.Count < MaxZones)
            Zones[name] = left;
    }
}
