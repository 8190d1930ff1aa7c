using Granary.Instana.Operations;

namespace Granary.Instana.Events;

/// <summary><c>manage_events</c>: what happened, and why.</summary>
internal static class EventsTool
{
    /// <summary>The family of the rate limit that all its requests are charged to.</summary>
    public const string Family = "events";

    public static InstanaTool Create()
    {
        InstanaOperation[] operations =
        [
            new GetEvent(), new GetEventsByIds(), new GetEvents(), new GetKubernetesInfoEvents(), new GetAgentMonitoringEvents(),
        ];
        return new InstanaTool(
            new InstanaToolDefinition
            {
                Name = "manage_events",
                Title = "Instana events",
                Category = "events",
                Description =
                    "Read Instana events: incidents, issues and changes with their entities and probable root cause.\n"
                    + "- get_event: one event in full, by event_id\n"
                    + "- get_events_by_ids: several, by event_ids\n"
                    + "- get_events: all of a period, filtered by type, state, severity, entity, problem or text\n"
                    + "- get_kubernetes_info_events: Kubernetes events of a period, grouped by problem\n"
                    + "- get_agent_monitoring_events: what agents cannot monitor, grouped by problem\n"
                    + "The last three need a period: time_range (\"last 2 hours\", \"24h\", \"last week\"; at most 90 days) or from_time. "
                    + "If the user named none, ask. Answers say how many events there are (total_events) and how many are shown.\n"
                    + "Example: {\"operation\":\"get_events\",\"params\":{\"time_range\":\"last 2 hours\",\"event_type_filters\":[\"INCIDENT\"],\"state\":\"open\"}}",
                Operations = [.. operations.Select(operation => operation.Definition)],
            },
            operations);
    }
}
