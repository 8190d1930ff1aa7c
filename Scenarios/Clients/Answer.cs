using System.Text.Json;

namespace Granary.Scenarios.Clients;

/// <summary>How a call ended, as its client sees it.</summary>
internal enum AnswerKind
{
    /// <summary>A result.</summary>
    Success,

    /// <summary>A tool's error: a sentence, and mostly a code.</summary>
    ToolError,

    /// <summary>A JSON-RPC error.</summary>
    RpcError,

    /// <summary>A status that is no success, without the protocol's own error in it.</summary>
    HttpError,

    /// <summary>The connection failed.</summary>
    TransportError,

    /// <summary>The client waited long enough.</summary>
    TimedOut,
}

/// <summary>What a call says about the world after it.</summary>
internal enum Effect
{
    /// <summary>It happened.</summary>
    Done,

    /// <summary>The answer promises that nothing changed.</summary>
    Nothing,

    /// <summary>It may have happened.</summary>
    Unknown,
}

/// <summary>The end of a call.</summary>
/// <param name="Kind">How it ended.</param>
/// <param name="Status">The HTTP status; 0 without an answer.</param>
/// <param name="Code">A tool error's code, for example <c>busy</c>, or a JSON-RPC error's number.</param>
/// <param name="Message">The error's sentence.</param>
/// <param name="Content">The structured content of a result.</param>
/// <param name="RetryAfter">The advice when to try again.</param>
internal sealed record Answer(
    AnswerKind Kind, int Status, string? Code = null, string? Message = null, JsonElement Content = default, TimeSpan? RetryAfter = null)
{
    private static readonly HashSet<string> NothingChanged =
    [
        "invalid_input", "not_found", "already_exists", "idempotency_key_reused", "busy", "storage_refused", "damaged", "unavailable",
    ];

    /// <summary>What it says about the world.</summary>
    public Effect Effect => Kind switch
    {
        AnswerKind.Success => Effect.Done,
        AnswerKind.ToolError when Code is not null && NothingChanged.Contains(Code) => Effect.Nothing,
        // The balancer's word that no gateway got the request, and refusals before any tool ran.
        _ when Status is 400 or 401 or 403 or 404 or 503 => Effect.Nothing,
        _ => Effect.Unknown,
    };

    /// <summary>In a few words, for lists of failures.</summary>
    public override string ToString() => Kind == AnswerKind.Success ? "success" : $"{Kind} {Status} {Code} {Message}".Trim();
}
