using Granary.Instana.Params;

namespace Granary.Instana.Events;

/// <summary>The parameters of the events operations, as data.</summary>
internal static class EventParameters
{
    public static readonly InstanaParameter EventId = new("event_id", ParameterKind.Id, "Event to get")
    {
        Required = true,
        MaxLength = 128,
        Example = "gM73SycATrOFMcL5qspByQ",
    };

    public static readonly InstanaParameter EventIds = new("event_ids", ParameterKind.IdList, "Events to get")
    {
        Required = true,
        MaxLength = 128,
        Example = "[\"gM73SycATrOFMcL5qspByQ\"]",
    };

    public static readonly InstanaParameter MaxEvents = new("max_events", ParameterKind.Integer, "Most events to return")
    {
        Minimum = 1,
        Maximum = 1000,
        Default = 50,
        Example = "50",
    };

    public static readonly InstanaParameter Query = new("query", ParameterKind.Text, "Text anywhere in the event");

    public static readonly InstanaParameter Filters = new("filters", ParameterKind.Group, "get_events: the same fields may be nested here");

    public static readonly InstanaParameter UpdatesOnly = new("filter_event_updates", ParameterKind.Flag, "Only events whose state changed in the period");

    public static readonly InstanaParameter ExcludeEarlier = new("exclude_triggered_before", ParameterKind.Flag, "Only events that started in the period");

    public static readonly InstanaParameter Types = new("event_type_filters", ParameterKind.ChoiceList, "Only these types")
    {
        Choices = ["INCIDENT", "ISSUE", "CHANGE"],
        MaxItems = 3,
        Example = "[\"INCIDENT\"]",
    };

    public static readonly InstanaParameter EntityType = new("entity_type", ParameterKind.Choice, "Only entities of this category")
    {
        Choices = ["INFRASTRUCTURE", "SERVICE", "APPLICATION", "ENDPOINT", "WEBSITE", "MOBILE_APP", "SYNTHETICS", "LOG"],
        Example = "SERVICE",
    };

    public static readonly InstanaParameter EntityName = new("entity_name", ParameterKind.Text, "Part of the entity's kind, e.g. Host");

    public static readonly InstanaParameter EntityLabel = new("entity_label", ParameterKind.Text, "Part of the entity's label, e.g. cart");

    public static readonly InstanaParameter State = new("state", ParameterKind.Text, "open, closed or manually closed") { Example = "open" };

    public static readonly InstanaParameter Problem = new("problem", ParameterKind.Text, "Part of the problem or its detail");

    public static readonly InstanaParameter Severity = new("severity", ParameterKind.Choice, "10 critical, 5 warning, -1 change")
    {
        Choices = ["-1", "5", "10"],
        Example = "10",
    };

    public static readonly InstanaParameter SpecificationId = new("event_specification_id", ParameterKind.Text, "Only events of this specification");

    public static readonly InstanaParameter RootCause = new("rca", ParameterKind.Flag, "Only events with (true) or without (false) a probable root cause");
}
