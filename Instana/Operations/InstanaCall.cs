using Granary.Instana.Http;

namespace Granary.Instana.Operations;

/// <summary>One operation of a tool, as the client wrote it: read by the gateway, carried to its connection, carried out there.</summary>
/// <param name="Tool">The tool, for example <c>manage_events</c>.</param>
/// <param name="ResourceType">The resource type, where the tool has them.</param>
/// <param name="Operation">The operation, for example <c>get_events</c>.</param>
/// <param name="Params">Its parameters: a JSON object in UTF-8, or empty. Its bytes must not change: a call can outlast its caller's wait.</param>
public sealed record InstanaCall(string Tool, string? ResourceType, string Operation, ReadOnlyMemory<byte> Params)
{
    /// <summary>Who calls; null where nobody says.</summary>
    public CallTracking? Tracking { get; init; }

    /// <summary>When the caller stops waiting.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The alias of the unit it is for; null for the usual one. It chooses the connection, so no connection gets to see it.</summary>
    public string? Unit { get; init; }

    /// <summary>The value of <c>resource_subtype</c>; part of <see cref="Params"/> on the way.</summary>
    internal string? Subtype { get; init; }
}

/// <summary>What came of it.</summary>
/// <param name="Json">A JSON object in UTF-8, whose bytes do not change.</param>
/// <param name="IsError">True when the operation did not do what was asked; the object says why.</param>
public sealed record InstanaResult(ReadOnlyMemory<byte> Json, bool IsError);
