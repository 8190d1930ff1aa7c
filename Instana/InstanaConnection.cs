namespace Granary.Instana;

/// <summary>Where a backend is and who asks: everything that makes one connection distinct from another.</summary>
/// <param name="BaseUrl">The backend's origin, for example <c>https://unit-tenant.instana.io</c>; no <c>/api</c>, no trailing slash.</param>
/// <param name="Credential">What proves the caller; never logged, never returned.</param>
public sealed record InstanaConnection(Uri BaseUrl, InstanaCredential Credential);

/// <summary>A credential in one of the backend's three schemes. Its text form never shows the secret.</summary>
public abstract record InstanaCredential
{
    /// <inheritdoc />
    public sealed override string ToString() => GetType().Name;
}

/// <summary><c>Authorization: apiToken …</c></summary>
public sealed record ApiTokenCredential(string Token) : InstanaCredential;

/// <summary><c>Authorization: Bearer …</c> with <c>X-CSRF-TOKEN</c>.</summary>
public sealed record JwtCredential(string Token, string CsrfToken) : InstanaCredential;

/// <summary><c>Cookie: name=…</c> with <c>X-CSRF-TOKEN</c>.</summary>
public sealed record SessionCredential(string AuthToken, string CsrfToken, string CookieName) : InstanaCredential;
