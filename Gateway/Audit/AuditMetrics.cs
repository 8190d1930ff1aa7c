using System.Diagnostics.Metrics;

namespace Granary.Gateway.Audit;

/// <summary>How many calls were recorded, and how many could not be.</summary>
internal sealed class AuditMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _recorded = meters.Create("Granary.Gateway").CreateCounter<long>(
        "granary.audit.recorded", "{call}", "Lines that became durable in audit vaults.");

    private readonly Counter<long> _lost = meters.Create("Granary.Gateway").CreateCounter<long>(
        "granary.audit.lost", "{call}", "Lines that were given up because an audit vault could not be written for too long.");

    public void Recorded(int lines) => _recorded.Add(lines);

    public void Lost() => _lost.Add(1);
}
