namespace Granary.Instana.Operations;

/// <summary>What came of an operation.</summary>
/// <param name="Json">A JSON object in UTF-8.</param>
/// <param name="IsError">True when it did not do what was asked; the object says why.</param>
public sealed record OperationResult(ReadOnlyMemory<byte> Json, bool IsError);

/// <summary>One operation as it is asked for.</summary>
/// <param name="Tool">The tool.</param>
/// <param name="ResourceType">The resource type, where the tool has them.</param>
/// <param name="Operation">The operation.</param>
/// <param name="Params">Its parameters: a JSON object in UTF-8, or empty.</param>
public sealed record OperationCall(string Tool, string? ResourceType, string Operation, ReadOnlyMemory<byte> Params)
{
    /// <summary>Who calls, by the keys of <see cref="Http.TrackingKeys"/>; null over stdio.</summary>
    public IReadOnlyDictionary<string, string>? Tracking { get; init; }

    /// <summary>When the caller stops waiting.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The alias of the unit it is for; null for the usual one.</summary>
    public string? Unit { get; init; }

    /// <summary>The value of <c>resource_subtype</c>; part of <see cref="Params"/> on the way.</summary>
    internal string? Subtype { get; init; }
}
