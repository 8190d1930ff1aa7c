using System.Diagnostics.Metrics;
using Granary.Tenants;

namespace Granary.Gateway.Tools;

/// <summary>
/// How long calls of tools take and how they end; and how many each tenant makes, which is counted apart: both together would be too many series.
/// </summary>
internal sealed class ToolMetrics(IMeterFactory meters, TenantLabels tenants, TimeProvider time)
{
    private readonly Histogram<double> _duration = meters.Create("Granary.Gateway").CreateHistogram(
        "granary.tool.duration", "s", "Calls of tools, by tool and outcome: ok, error (an answer the model can act on) or failed.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180] });

    private readonly Counter<long> _calls = meters.Create("Granary.Gateway").CreateCounter<long>(
        "granary.tenant.calls", "{call}", "Calls of tools, by tenant and outcome.");

    public long Start() => time.GetTimestamp();

    /// <summary>Counts a call; a result of null stands for one that ended in a protocol error.</summary>
    public void Record(string tool, TenantId tenant, long start, ToolResult? result)
    {
        var outcome = new KeyValuePair<string, object?>("outcome", result switch { null => "failed", { IsError: true } => "error", _ => "ok" });
        if (_calls.Enabled)
            _calls.Add(1, new KeyValuePair<string, object?>("tenant", tenants.Of(tenant)), outcome);
        if (_duration.Enabled)
        {
            _duration.Record(time.GetElapsedTime(start).TotalSeconds, new KeyValuePair<string, object?>("tool", tool), outcome);
        }
    }
}
