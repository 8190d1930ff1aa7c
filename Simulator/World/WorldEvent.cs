namespace Granary.Simulator.World;

/// <summary>Which of the lists an event is in.</summary>
internal enum EventKind
{
    Incident,
    Issue,
    Change,
    Kubernetes,
    Agent,
}

/// <summary>An event of the world. Times are epoch milliseconds; whether it is open depends on when one looks.</summary>
internal sealed record WorldEvent(EventKind Kind, string Id, long Start, long End, string Problem, string Detail, int Severity)
{
    public string EntityType { get; init; } = "INFRASTRUCTURE";

    public string EntityName { get; init; } = "Host";

    public string EntityLabel { get; init; } = "";

    public string FixSuggestion { get; init; } = "";

    public string SnapshotId { get; init; } = "";

    public string? ServiceId { get; init; }

    /// <summary>The application that a service's event counts for.</summary>
    public string? ApplicationId { get; init; }

    public string? SpecificationId { get; init; }

    public string? Metric { get; init; }

    public IReadOnlyList<string> Recent { get; init; } = [];

    /// <summary>What an incident began with, whether or not the backend has found it.</summary>
    public RootCause? Cause { get; init; }

    /// <summary>Whether the backend has found the cause.</summary>
    public bool IsCauseFound { get; init; }

    /// <summary>Some backends write names only, some objects: how this event is written follows from its place.</summary>
    public bool WritesPlainNames { get; init; }

    public string Type => Kind switch
    {
        EventKind.Incident => "incident",
        EventKind.Issue => "issue",
        EventKind.Agent => "agent_monitoring_issue",
        _ => "change",
    };

    public bool IsOpenAt(long now) => End > now && Kind is not (EventKind.Change or EventKind.Kubernetes);
}
