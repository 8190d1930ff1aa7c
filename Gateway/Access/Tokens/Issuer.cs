using System.Text.Json.Serialization;
using Granary.Tenants;

namespace Granary.Gateway.Access.Tokens;

/// <summary>An authorization server whose access tokens are accepted.</summary>
/// <remarks>Members with a default have a setter: the generated reader would overwrite the default of an <c>init</c> member that a file leaves out.</remarks>
/// <param name="Name">A short name for logs, in front of each subject: <c>corp:alice</c>.</param>
/// <param name="Address">Its issuer identifier, exactly as tokens have it in <c>iss</c>.</param>
internal sealed record Issuer(string Name, [property: JsonPropertyName("issuer")] string Address)
{
    /// <summary>The one tenant of all its tokens; otherwise <see cref="TenantClaim"/> names it.</summary>
    public string? Tenant { get; init; }

    /// <summary>The claim that names the tenant.</summary>
    public string? TenantClaim { get; init; }

    /// <summary>The tenants that it may speak for: names, names that end in <c>*</c>, or <c>*</c> for any. Required beside <see cref="TenantClaim"/>.</summary>
    public IReadOnlyList<string>? Tenants { get; init; }

    /// <summary>The claim that has the scopes: a text with spaces between them, or a list of texts.</summary>
    public string ScopeClaim { get; set; } = "scope";

    /// <summary>Audiences besides this server's own addresses, for servers that do not know resource indicators (RFC 8707).</summary>
    public IReadOnlyList<string>? Audiences { get; init; }

    /// <summary>Where its metadata is; null for <c>/.well-known/openid-configuration</c> behind its identifier.</summary>
    public string? Metadata { get; init; }

    /// <summary>A file with its public keys (JWKS), for networks from which it cannot be reached; null fetches them.</summary>
    public string? Keys { get; init; }

    /// <summary>How far clocks may be apart, in seconds.</summary>
    public int ClockSkew { get; set; } = 30;

    /// <summary>The longest life of a token, in seconds, from <c>iat</c> to <c>exp</c>: what lives longer is refused.</summary>
    public int MaxLifetime { get; set; } = 86_400;

    /// <summary>Why this is no issuer; null when it is one.</summary>
    public string? Problem()
    {
        if (string.IsNullOrEmpty(Name) || Name.Length > ApiKey.MaxIdLength || !Name.All(ApiKey.IsIdCharacter))
            return $"an issuer's name has 1 to {ApiKey.MaxIdLength} letters, digits or '-'.";
        if (!IsSafe(Address))
            return $"issuer '{Name}': \"issuer\" is an https address, as tokens have it in 'iss' (http on loopback only); it is '{Address}'.";
        if (Metadata is not null && !IsSafe(Metadata))
            return $"issuer '{Name}': \"metadata\" is an https address (http on loopback only); it is '{Metadata}'.";
        if (Metadata is not null && Keys is not null)
            return $"issuer '{Name}' has \"metadata\" and \"keys\": keys come from one of them.";
        if (ClockSkew is < 0 or > 300)
            return $"issuer '{Name}': \"clockSkew\" is 0 to 300 seconds; it is {ClockSkew}.";
        if (MaxLifetime is < 60 or > 31 * 86_400)
            return $"issuer '{Name}': \"maxLifetime\" is 60 to {31 * 86_400} seconds; it is {MaxLifetime}.";
        if (string.IsNullOrEmpty(ScopeClaim))
            return $"issuer '{Name}': \"scopeClaim\" is the name of a claim, for example scope or scp.";
        return TenantProblem();
    }

    /// <summary>Whether it may speak for a tenant.</summary>
    public bool SpeaksFor(string tenant) => Tenants is null || Tenants.Any(t =>
        t.EndsWith('*') ? tenant.StartsWith(t[..^1], StringComparison.Ordinal) : t == tenant);

    /// <summary>Whether keys and metadata may be fetched from an address: over TLS, or from this machine.</summary>
    public static bool IsSafe(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Fragment.Length == 0
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    private string? TenantProblem()
    {
        if ((Tenant is null) == (TenantClaim is null))
            return $"issuer '{Name}' needs either \"tenant\", the tenant of all its tokens, or \"tenantClaim\", the claim that names it.";
        if (Tenant is not null)
            return TenantId.TryParse(Tenant, out _, out var problem) ? null : $"issuer '{Name}': {problem}";
        return Tenants is { Count: > 0 } && !Tenants.Any(string.IsNullOrEmpty)
            ? null
            : $"issuer '{Name}' needs \"tenants\" beside \"tenantClaim\": those that it may speak for, for example [\"acme\", \"team-*\"], or [\"*\"] for any.";
    }
}
