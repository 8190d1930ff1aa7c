using System.Text.Json;
using Granary.Instana.Operations;
using Granary.Instana.Params;

namespace Granary.Instana.Events;

/// <summary>What the agents cannot monitor, and why.</summary>
internal sealed class GetAgentMonitoringEvents : GroupedEvents
{
    public override InstanaOperationDefinition Definition { get; } = new(
        "get_agent_monitoring_events",
        "Monitoring issues of agents, grouped by problem",
        [TimeFrames.TimeRange, TimeFrames.FromTime, TimeFrames.ToTime, EventParameters.MaxEvents, EventParameters.Query]);

    protected override string Path => "/api/events/agent-monitoring-events";

    protected override string AffectedName => "affected_entities";

    protected override string? Affected(JsonElement item) => EventLists.Text(item, "entityLabel");
}
