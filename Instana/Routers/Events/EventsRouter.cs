using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.Events;

/// <summary><c>manage_events</c>: what happened, and why.</summary>
internal static class EventsRouter
{
    private static readonly InstanaParameter MaxEvents = Whole("max_events", "Most events to return", 1, 1000, 50).Here();

    private static readonly InstanaParameter SearchText = Text("query", "Text anywhere in the event").Here();

    private static readonly InstanaParameter AggregateBy =
        Choice("aggregate_by", "Counts before the list", ["severity", "type", "entity", "problem", "hour", "release"]).Here();

    private static readonly InstanaParameter Sort = Choice("sort", "Order of the list", ["time", "-time", "severity", "-severity"]).Here();

    private static readonly InstanaParameter Filters = new("filters", ParameterKind.Group, "The same fields may be nested here");

    private static readonly InstanaParameter[] ListFilters =
    [
        MaxEvents,
        Choices("event_type_filters", "Only these types", ["INCIDENT", "ISSUE", "CHANGE"]) with { MaxItems = 3, Aliases = ["event_types", "event_type"] },
        Choice("state", "open, closed or manually closed", ["open", "closed", "manually closed"]).Here() with
        {
            Synonyms = new Dictionary<string, string>
            {
                ["active"] = "open", ["ongoing"] = "open", ["unresolved"] = "open", ["firing"] = "open", ["opened"] = "open",
                ["resolved"] = "closed", ["inactive"] = "closed", ["done"] = "closed", ["ended"] = "closed", ["finished"] = "closed",
                ["manually_closed"] = "manually closed", ["manual"] = "manually closed",
            },
        },
        Choice("severity", "10 critical, 5 warning, -1 change, -2 info", ["10", "5", "-1", "-2"]).Here() with
        {
            Synonyms = new Dictionary<string, string> { ["critical"] = "10", ["warning"] = "5", ["change"] = "-1", ["info"] = "-2" },
        },
        Choice("entity_type", "Only this category", ["INFRASTRUCTURE", "SERVICE", "APPLICATION", "ENDPOINT", "WEBSITE", "MOBILE_APP", "SYNTHETICS", "LOG"]).Here(),
        Text("entity_name", "Part of the entity's kind, e.g. Host").Here(),
        Text("entity_label", "Part of the entity's label, e.g. cart").Here(),
        Text("problem", "Part of the problem or its detail").Here(),
        SearchText,
        Text("event_specification_id", "Only events of this specification").Here(),
        Flag("rca", "With (true) or without (false) a probable root cause").Here(),
        Flag("filter_event_updates", "Only events whose state changed in the period"),
        Flag("exclude_triggered_before", "Only events that started in the period"),
        AggregateBy, Sort, Filters,
    ];

    public static InstanaToolDefinition Definition { get; } = new()
    {
        Name = "manage_events",
        Title = "Instana events",
        Category = "events",
        Description = "Incidents, issues and changes with their entities and probable root cause. Without a period: the last 10 minutes.",
        Operations =
        [
            Get("get_event", "/api/events/{eventId}", "One event in full", Id("event_id", "Event") with { Aliases = ["id"] }) with
            {
                Entity = "event", Example = """{"event_id":"gM73SycATrOFMcL5qspByQ"}""",
            },
            Ask(
                "get_events_by_ids", "/api/events", "Several events",
                Ids("event_ids", "Events").Needed() with { Place = ParameterPlace.WholeBody, Aliases = ["ids"] }) with
            {
                Result = ResultShape.List, Entity = "event", Example = """{"event_ids":["gM73SycATrOFMcL5qspByQ"]}""",
            },
            List("get_events", "/api/events", "Events of a period, filtered", ListFilters) with
            {
                Period = EventsPeriod, Entity = "event", Example = """{"filters":{"event_type_filters":["INCIDENT"]}}""",
            },
            List("get_kubernetes_info_events", "/api/events/kubernetes-info-events", "Kubernetes events, grouped by problem", MaxEvents, SearchText, AggregateBy, Sort, Filters) with
            {
                Period = EventsPeriod, Entity = "event", Example = """{"time_range":"last 2 hours"}""",
            },
            List("get_agent_monitoring_events", "/api/events/agent-monitoring-events", "What agents cannot monitor, grouped by problem", MaxEvents, SearchText, AggregateBy, Sort, Filters) with
            {
                Period = EventsPeriod, Entity = "event", Example = """{"time_range":"last 2 hours"}""",
            },
        ],
    };
}
