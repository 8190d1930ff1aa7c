namespace Granary.Instana.Connections;

/// <summary>A credential in one of the backend's three schemes. Its text form never shows the secret.</summary>
public abstract record InstanaCredential
{
    /// <summary>Everything that must never be seen, for redaction.</summary>
    internal abstract IEnumerable<string> Secrets { get; }

    /// <summary>What the backend's usage statistics call this kind of caller; null where they say nothing.</summary>
    internal virtual string? EnvironmentType => null;

    /// <inheritdoc />
    public sealed override string ToString() => GetType().Name;
}

/// <summary><c>Authorization: apiToken …</c></summary>
public sealed record ApiTokenCredential(string Token) : InstanaCredential
{
    internal override IEnumerable<string> Secrets => [Token];
}

/// <summary><c>Authorization: Bearer …</c> with <c>X-CSRF-TOKEN</c>.</summary>
public sealed record JwtCredential(string Token, string CsrfToken) : InstanaCredential
{
    internal override IEnumerable<string> Secrets => [Token, CsrfToken];

    internal override string EnvironmentType => "platform";
}

/// <summary><c>Cookie: name=…</c> with <c>X-CSRF-TOKEN</c>.</summary>
public sealed record SessionCredential(string AuthToken, string CsrfToken, string CookieName) : InstanaCredential
{
    /// <summary>The cookie's name where a caller names none.</summary>
    public const string DefaultCookieName = "instanaAuthToken";

    internal override IEnumerable<string> Secrets => [AuthToken, CsrfToken];

    internal override string EnvironmentType => "SaaS";
}

/// <summary>A credential that the server holds for a tenant, named by its unit. It is opened where the backend is called, and nowhere before.</summary>
/// <param name="Unit">The unit's alias.</param>
public sealed record HeldCredential(string Unit) : InstanaCredential
{
    internal override IEnumerable<string> Secrets => [];
}
