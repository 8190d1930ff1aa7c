using System.Net;

namespace Granary.Instana.Connections;

/// <summary>
/// The operator's own connection as it was configured. The person who sets it also sets the allow-list, so its host needs no entry
/// there; the exemption holds for this one origin, and plain http only on loopback.
/// </summary>
/// <param name="BaseUrl">The backend's address, unchecked.</param>
/// <param name="ApiToken">The token, unchecked.</param>
public sealed record InstanaEnvironment(string? BaseUrl, string? ApiToken)
{
    /// <summary>Whether an origin is the configured one.</summary>
    public bool IsFor(Uri origin) => IsFor(BaseUrl, origin);

    /// <summary>Whether an origin is one that an operator wrote.</summary>
    internal static bool IsFor(string? configured, Uri origin) =>
        BaseUrlRules.TryNormalise(configured, out var own, out _) && own == origin && IsSafe(own);

    /// <summary>Whether a credential may go there: over TLS, or not beyond this machine.</summary>
    internal static bool IsSafe(Uri origin) => origin.Scheme == Uri.UriSchemeHttps || IsLoopback(origin);

    /// <inheritdoc />
    public override string ToString() => $"InstanaEnvironment (url {Presence(BaseUrl)}, token {Presence(ApiToken)})";

    private static bool IsLoopback(Uri uri) =>
        uri.Host == "localhost" || (IPAddress.TryParse(uri.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));

    private static string Presence(string? value) => string.IsNullOrEmpty(value) ? "absent" : "present";
}
