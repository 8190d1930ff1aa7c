namespace Granary.Instana.Connections;

/// <summary>The request headers with which a client brings its own connection; names are compared without case.</summary>
public static class InstanaHeaders
{
    /// <summary>The unit's address.</summary>
    public const string BaseUrl = "instana-base-url";

    /// <summary>An API token.</summary>
    public const string ApiToken = "instana-api-token";

    /// <summary>A session of the backend's own UI.</summary>
    public const string AuthToken = "instana-auth-token";

    /// <summary>The CSRF token that goes with a session or a JWT.</summary>
    public const string CsrfToken = "instana-csrf-token";

    /// <summary>A JWT of the platform.</summary>
    public const string JwtToken = "instana-jwt-token";

    /// <summary>The name of the session's cookie; optional.</summary>
    public const string CookieName = "instana-cookie-name";

    /// <summary>All of them, for a gateway that must not log their values.</summary>
    public static IReadOnlyList<string> All { get; } = [BaseUrl, ApiToken, AuthToken, CsrfToken, JwtToken, CookieName];
}
