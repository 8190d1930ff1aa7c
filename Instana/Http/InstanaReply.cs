namespace Granary.Instana.Http;

/// <summary>What kind of failure a request met.</summary>
internal enum FailureKind
{
    /// <summary>The backend answered with an error status.</summary>
    Status,

    /// <summary>The rate limit is used up, by the backend's word or by what its last answers said.</summary>
    RateLimited,

    /// <summary>Time ran out.</summary>
    Timeout,

    /// <summary>No connection, or it broke.</summary>
    Connection,

    /// <summary>The backend's certificate is not trusted.</summary>
    Tls,

    /// <summary>A redirect that is not followed.</summary>
    Redirect,

    /// <summary>The answer is longer than the limit.</summary>
    TooLarge,

    /// <summary>A success that is not JSON: a login page, for example.</summary>
    NotJson,

    /// <summary>A success whose body is not what is documented: empty, null, or of another kind.</summary>
    Unexpected,

    /// <summary>The breaker is open.</summary>
    CircuitOpen,
}

/// <summary>A failure as the caller gets it.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="Details">A sentence or the backend's own words; never a secret.</param>
internal sealed record InstanaFailure(FailureKind Kind, string Details)
{
    /// <summary>The status, where there was an answer.</summary>
    public int? Status { get; init; }

    /// <summary>Whether the same request may succeed later.</summary>
    public bool Retryable { get; init; }

    /// <summary>How long the backend asks to wait.</summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>When it makes sense to try again.</summary>
    public DateTimeOffset? ResetAt { get; init; }

    /// <summary>Whether it speaks of the backend's health, and so counts for the breaker.</summary>
    public bool Unhealthy { get; init; }
}

/// <summary>A backend's answer or the reason why there is none.</summary>
/// <param name="Status">The status; 0 where there was no answer.</param>
/// <param name="Body">The decompressed body; empty for 204.</param>
/// <param name="Failure">Null for every 2xx.</param>
internal sealed record InstanaReply(int Status, ReadOnlyMemory<byte> Body, InstanaFailure? Failure)
{
    public static InstanaReply Failed(InstanaFailure failure) => new(failure.Status ?? 0, default, failure);
}
