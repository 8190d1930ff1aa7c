namespace Granary.Gateway.Access;

/// <summary>The one credential that a request presents, read once. Query strings are never looked at (MCP authorization).</summary>
/// <param name="Text">The key or the token; null for none.</param>
/// <param name="IsBearer">Whether it came as <c>Authorization: Bearer</c>; access tokens come in no other way (RFC 6750).</param>
/// <param name="IsAmbiguous">Whether there are several that are not the same: then none counts.</param>
internal sealed record Credential(string? Text, bool IsBearer, bool IsAmbiguous)
{
    private const string Scheme = "Bearer ";
    private static readonly Credential None = new(null, false, false);
    private static readonly Credential Ambiguous = new(null, false, true);

    /// <summary>A key or a token on a connection whose certificate is a key's too.</summary>
    public static Credential BesideCertificate { get; } = new(null, false, true)
    {
        Problem = "This request brings an API key or an access token, and its connection a certificate that proves another: send one of them.",
    };

    /// <summary>What is wrong with several.</summary>
    public string Problem { get; private init; } = "This request brings several API keys: send one, as 'Authorization: Bearer <key>' or as 'X-API-Key'.";

    /// <summary>What a request presents in <c>Authorization: Bearer</c> and <c>X-API-Key</c>.</summary>
    public static Credential Of(IHeaderDictionary headers)
    {
        var (authorization, header) = (headers.Authorization, headers["X-API-Key"]);
        if (authorization.Count > 1 || header.Count > 1)
            return Ambiguous;
        var bearer = authorization.Count == 1 && authorization[0] is { } value && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? value[Scheme.Length..].Trim()
            : null;
        if (bearer is not null)
            return header.Count == 0 || header[0] == bearer ? new Credential(bearer, true, false) : Ambiguous;
        return header.Count == 1 ? new Credential(header[0], false, false) : None;
    }
}
