using System.Text.Json;
using Granary.Instana.Operations;
using Granary.Instana.Params;

namespace Granary.Instana.Events;

/// <summary>What Kubernetes reports: image pulls, restarts, scheduling.</summary>
internal sealed class GetKubernetesInfoEvents : GroupedEvents
{
    public override InstanaOperationDefinition Definition { get; } = new(
        "get_kubernetes_info_events",
        "Kubernetes events of a period, grouped by problem",
        [TimeFrames.TimeRange, TimeFrames.FromTime, TimeFrames.ToTime, EventParameters.MaxEvents]);

    protected override string Path => "/api/events/kubernetes-info-events";

    protected override string AffectedName => "affected_namespaces";

    /// <summary>A label is <c>namespace/name (kind)</c>.</summary>
    protected override string? Affected(JsonElement item)
    {
        var label = EventLists.Text(item, "entityLabel");
        var slash = label?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        return slash > 0 ? label![..slash] : null;
    }
}
