namespace Granary.Instana.Http;

/// <summary>What all requests of one call share: who asks for what, and until when.</summary>
/// <param name="Tool">The tool, for example <c>manage_events</c>.</param>
/// <param name="ResourceType">The resource type, where the tool has them.</param>
/// <param name="Tracking">Who calls; null where nobody says.</param>
/// <param name="Deadline">When the caller stops waiting; null where it never said.</param>
/// <param name="Limit">When this side stops: the configured time after the start.</param>
internal sealed record CallScope(
    string Tool, string? ResourceType, CallTracking? Tracking, DateTimeOffset? Deadline, DateTimeOffset Limit)
{
    /// <summary>The earlier of both ends.</summary>
    public DateTimeOffset End => Deadline is { } deadline && deadline < Limit ? deadline : Limit;

    /// <summary>True when it is the caller who is in a hurry: then a timeout says nothing about the backend.</summary>
    public bool EndsEarly => Deadline < Limit;
}
