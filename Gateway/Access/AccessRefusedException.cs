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

    /// <summary>503 where the gateway cannot tell at present, 401 everywhere else.</summary>
    public int Status { get; init; } = StatusCodes.Status401Unauthorized;
}
