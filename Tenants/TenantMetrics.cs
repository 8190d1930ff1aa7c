using System.Diagnostics;
using System.Diagnostics.Metrics;
using Granary.Instana;
using Granary.Instana.Operations;

namespace Granary.Tenants;

/// <summary>What the activations of a process measure, all together: which tenant's they are would be too many to tell apart.</summary>
internal static class TenantMetrics
{
    private static readonly Meter Meter = new("Granary.Tenants");

    /// <summary>Appends that wait for a commit.</summary>
    public static readonly UpDownCounter<long> QueuedAppends = Meter.CreateUpDownCounter<long>(
        "granary.vault.queue", "{append}", "Appends that wait for a commit, in all vaults of this process.");

    /// <summary>How many appends a commit holds.</summary>
    public static readonly Histogram<long> Batches = Meter.CreateHistogram<long>(
        "granary.vault.batch", "{append}", "Appends in one group commit.", tags: null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256] });

    /// <summary>Calls to Instana connections that have a place.</summary>
    public static readonly UpDownCounter<long> RunningInstanaCalls = Meter.CreateUpDownCounter<long>(
        "granary.instana.running", "{call}", "Instana calls under way or waiting for a place, in all connections of this process.");

    private static readonly Histogram<double> Vaults = Meter.CreateHistogram<double>(
        "granary.vault.duration", "s", "Operations on vaults, by operation and outcome: ok, or the kind of failure.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30] });

    private static readonly Counter<long> Operations = Meter.CreateCounter<long>(
        "granary.instana.calls", "{call}",
        "Instana operations, by tool, operation and outcome: ok, error (an answer the model can act on) or the kind of failure.");

    /// <summary>Counts an operation on a vault.</summary>
    public static void Vault(string operation, long start, Exception? failure)
    {
        if (Vaults.Enabled)
            Vaults.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, new("operation", operation), new("outcome", Outcome(failure)));
    }

    /// <summary>Counts an Instana operation.</summary>
    public static void Instana(InstanaCall call, bool isError, Exception? failure)
    {
        if (!Operations.Enabled)
            return;
        var outcome = failure is null && isError ? "error" : Outcome(failure);
        Operations.Add(1, new("tool", call.Tool), new("operation", InstanaTools.Find(call)?.Name ?? "unknown"), new("outcome", outcome));
    }

    private static string Outcome(Exception? failure) => failure switch
    {
        null => "ok",
        TenantException known => known.Failure.ToString(),
        OperationCanceledException => "Cancelled",
        _ => "Unexpected",
    };
}
