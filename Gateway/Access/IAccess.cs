namespace Granary.Gateway.Access;

/// <summary>Decides who calls. One implementation is in force per gateway; the protocol asks it once per HTTP request.</summary>
public interface IAccess
{
    /// <summary>Reads the caller from the request's headers, never from its query string (MCP authorization).</summary>
    ValueTask<AccessDecision> AuthenticateAsync(HttpContext context);
}

/// <summary>The outcome: a principal, or a refusal with the challenge for <c>WWW-Authenticate</c>.</summary>
/// <param name="Principal">The caller, when known.</param>
/// <param name="Challenge">The challenge, when not.</param>
/// <param name="Reason">A sentence for the refused caller; names no secret.</param>
/// <param name="Status">How a refused request is answered: 401, or 429 and 503 where the same request may be let in later.</param>
public readonly record struct AccessDecision(Principal? Principal, string? Challenge, string? Reason, int Status = StatusCodes.Status401Unauthorized)
{
    /// <summary>Lets the caller in.</summary>
    public static AccessDecision Allow(Principal principal) => new(principal, null, null);

    /// <summary>Refuses with 401.</summary>
    public static AccessDecision Refuse(string challenge, string reason) => new(null, challenge, reason);

    /// <summary>Refuses for now: no other credential would help, so there is no challenge.</summary>
    public static AccessDecision NotNow(int status, string reason) => new(null, null, reason, status);
}
