using Granary.Instana;
using Granary.Instana.Operations;

namespace Granary.Tenants;

/// <summary>What can be asked of one connection to an Instana backend.</summary>
public interface IInstana
{
    /// <summary>
    /// Carries out one operation. A backend's refusal is a result with <see cref="InstanaResult.IsError"/>, not an exception;
    /// <see cref="TenantException"/> is for what never reached the connection.
    /// </summary>
    Task<InstanaResult> CallAsync(InstanaCall call, CancellationToken cancellation);
}

/// <summary>One operation of a tool, as the client wrote it.</summary>
/// <param name="Tool">The tool, for example <c>manage_events</c>.</param>
/// <param name="ResourceType">The resource type, where the tool has them.</param>
/// <param name="Operation">The operation, for example <c>get_events</c>.</param>
/// <param name="Params">Its parameters: a JSON object in UTF-8, or empty.</param>
public sealed record InstanaCall(string Tool, string? ResourceType, string Operation, ReadOnlyMemory<byte> Params)
{
    /// <summary>Who calls, for the tracking headers of the backend (session, request, client name); values are checked there.</summary>
    public IReadOnlyDictionary<string, string>? Tracking { get; init; }

    /// <summary>When the caller stops waiting.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The operation's own name, null where there is none such: what a client wrote in its place may be anything.</summary>
    public string? KnownOperation => InstanaTools.Find(new OperationCall(Tool, ResourceType, Operation, Params))?.Name;
}

/// <summary>What came of it.</summary>
/// <param name="Json">A JSON object in UTF-8.</param>
/// <param name="IsError">True when the operation did not do what was asked; the object says why.</param>
public sealed record InstanaResult(ReadOnlyMemory<byte> Json, bool IsError);
