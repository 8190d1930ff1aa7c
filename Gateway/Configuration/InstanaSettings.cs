namespace Granary.Gateway.Configuration;

/// <summary>The Instana part of the configuration, as it stands in flags and environment.</summary>
public sealed record InstanaSettings
{
    /// <summary><c>INSTANA_BASE_URL</c>: the backend for calls that bring no address; used over stdio, and over HTTP only when shared.</summary>
    public string? BaseUrl { get; init; }

    /// <summary><c>INSTANA_API_TOKEN</c>; never logged.</summary>
    public string? ApiToken { get; init; }

    /// <summary>Lets HTTP requests without credentials use the two above. Off: one tenant's token is no other's.</summary>
    public bool ShareCredentials { get; init; }

    /// <summary><c>INSTANA_SSL_VERIFY</c>.</summary>
    public bool VerifyTls { get; init; } = true;

    /// <summary><c>INSTANA_CA_BUNDLE</c>: a PEM file with the authorities to trust instead of the system's.</summary>
    public string? CaBundle { get; init; }

    /// <summary><c>INSTANA_API_TIMEOUT</c>: the wall-clock limit of one call.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Backends that may be called, besides <c>*.instana.io</c> over https.</summary>
    public IReadOnlyList<string> AllowedBackends { get; init; } = [];

    /// <inheritdoc />
    public override string ToString() => $"InstanaSettings {{ BaseUrl = {BaseUrl}, ApiToken = {(ApiToken is null ? "none" : "…")} }}";
}
