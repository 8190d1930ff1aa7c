using Granary.Tenants;

namespace Granary.Gateway.Access;

/// <summary>One key of the file: whom it represents, and what proves it.</summary>
/// <param name="Id">A name for logs.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Salt">With the hash, what proves a secret; null where a certificate proves the key.</param>
/// <param name="Hash">The salted hash of the secret.</param>
internal sealed record ApiKeyEntry(string Id, string Tenant, IReadOnlyList<string> Scopes, byte[]? Salt, byte[]? Hash)
{
    /// <summary>The name of the client certificate that proves the key, in place of a secret: see <see cref="CertificateName"/>.</summary>
    public string? Certificate { get; init; }

    /// <summary>When the key was made; null for keys that are older than this member.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>When the key stops being valid; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The secret before the last rotation, valid for a while beside the new one.</summary>
    public ApiKeySecret? Previous { get; init; }

    /// <summary>Why this is no key; null when it is one.</summary>
    public string? Problem()
    {
        if (string.IsNullOrEmpty(Id) || Id.Length > ApiKey.MaxIdLength || !Id.All(ApiKey.IsIdCharacter))
            return $"a key's id has 1 to {ApiKey.MaxIdLength} letters, digits or '-'.";
        if (!TenantId.TryParse(Tenant, out _, out var problem))
            return $"key '{Id}': {problem}";
        if (Scopes is null || Scopes.Count == 0)
            return $"key '{Id}' has no scopes; known are {string.Join(", ", Access.Scopes.Known)}.";
        foreach (var scope in Scopes)
        {
            if (!ScopeRule.TryParse(scope, isPolicy: false, out _, out var wrong))
                return $"key '{Id}' has a scope that is not known: {wrong}";
        }
        if (Certificate is not null)
            return CertificateProblem(Certificate) is { } unusable ? $"key '{Id}' {unusable}" : null;
        var isSecret = IsSecret(Salt, Hash) && (Previous is null || IsSecret(Previous.Salt, Previous.Hash));
        return isSecret ? null : $"key '{Id}' needs a salt and a 32-byte hash, both in Base64.";
    }

    private string? CertificateProblem(string name) => Salt is not null || Hash is not null || Previous is not null
        ? "has a certificate and a secret; a key has one of them."
        : CertificateName.Problem(name);

    private static bool IsSecret(byte[]? salt, byte[]? hash) => salt is { Length: >= 8 } && hash is { Length: 32 };
}

/// <summary>What proves a key for a while.</summary>
internal sealed record ApiKeySecret(byte[] Salt, byte[] Hash, DateTimeOffset Expires);
