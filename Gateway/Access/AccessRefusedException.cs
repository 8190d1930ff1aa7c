namespace Granary.Gateway.Access;

/// <summary>Why a scheme does not let a request in. It is returned, hardly ever thrown.</summary>
/// <param name="rule">A few words for the log; nothing that the client sent.</param>
/// <param name="message">A sentence for the caller; names no secret.</param>
internal sealed class AccessRefusedException(string rule, string message) : Exception(message)
{
    public string Rule => rule;

    /// <summary>RFC 6750's code; null where the request brought nothing that could be wrong.</summary>
    public string? Error { get; init; } = "invalid_token";

    /// <summary>The id of a key that is known, or a token's subject; null where it is not certain who called.</summary>
    public string? Key { get; init; }

    /// <summary>
    /// What was guessed at: the id that a well-formed key names, or <see cref="Token"/>. Null where nothing could have been found by trying: no credential,
    /// one that no key looks like, one that was valid once.
    /// </summary>
    public string? Guessed { get; init; }

    /// <summary>Stands for a token, whose signature was not right.</summary>
    public const string Token = "token";

    /// <summary>503 where the gateway cannot tell at present, 401 everywhere else.</summary>
    public int Status { get; init; } = StatusCodes.Status401Unauthorized;
}
