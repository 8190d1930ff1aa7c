namespace Granary.Instana.Connections;

/// <summary>The connection headers of one request; an empty value counts as absent.</summary>
internal sealed record SentHeaders(string? BaseUrl, string? ApiToken, string? AuthToken, string? CsrfToken, string? JwtToken, string? CookieName)
{
    /// <summary>Whether the request means to bring its own connection. A cookie's name alone is no credential.</summary>
    public bool Any => (BaseUrl ?? ApiToken ?? AuthToken ?? CsrfToken ?? JwtToken) is not null;

    private bool HasSession => AuthToken is not null && CsrfToken is not null;

    private bool HasJwt => JwtToken is not null && CsrfToken is not null;

    public static SentHeaders Read(Func<string, string?> header)
    {
        return new SentHeaders(
            Value(InstanaHeaders.BaseUrl),
            Value(InstanaHeaders.ApiToken),
            Value(InstanaHeaders.AuthToken),
            Value(InstanaHeaders.CsrfToken),
            Value(InstanaHeaders.JwtToken),
            Value(InstanaHeaders.CookieName));

        string? Value(string name) => header(name) is { Length: > 0 } value ? value : null;
    }

    public string? Missing()
    {
        var missing = new List<string>();
        if (BaseUrl is null)
            missing.Add(InstanaHeaders.BaseUrl);
        if (!HasSession && !HasJwt && ApiToken is null)
        {
            missing.Add(
                $"either ({InstanaHeaders.ApiToken}) OR ({InstanaHeaders.JwtToken} + {InstanaHeaders.CsrfToken})"
                + $" OR ({InstanaHeaders.AuthToken} + {InstanaHeaders.CsrfToken})");
        }
        return missing.Count == 0 ? null : $"HTTP mode detected but missing required headers: {string.Join(", ", missing)}";
    }

    /// <summary>The credential that comes first; call only when nothing is missing.</summary>
    public InstanaCredential Credential()
    {
        if (HasSession)
            return new SessionCredential(AuthToken!, CsrfToken!, CookieName ?? SessionCredential.DefaultCookieName);
        return HasJwt ? new JwtCredential(JwtToken!, CsrfToken!) : new ApiTokenCredential(ApiToken!);
    }

    public override string ToString() => nameof(SentHeaders);
}
