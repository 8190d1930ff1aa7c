using System.Collections.Frozen;
using Granary.Tenants;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Granary.Gateway.Access.Tokens;

/// <summary>Makes a caller of a valid token: its tenant, its subject and the scopes that this gateway knows.</summary>
internal static class TokenCallers
{
    private const int MaxSubject = 128;

    /// <exception cref="AccessRefusedException">The token does not say who calls for which tenant.</exception>
    public static Principal Create(Issuer issuer, JsonWebToken token, TimeProvider time)
    {
        var subject = token.Subject is { Length: > 0 } s ? s : token.TryGetPayloadValue<string>("client_id", out var client) ? client : null;
        if (subject is not { Length: > 0 and <= MaxSubject } || !subject.All(c => c is > ' ' and <= '~'))
            throw new AccessRefusedException("no subject", $"The access token has no 'sub' of 1 to {MaxSubject} visible ASCII characters.");
        var tenant = issuer.Tenant;
        if (tenant is null && !token.TryGetPayloadValue(issuer.TenantClaim!, out tenant))
            throw new AccessRefusedException("no tenant", $"The access token has no claim '{issuer.TenantClaim}', which names its tenant.");
        if (!TenantId.TryParse(tenant, out var id, out _) || !issuer.SpeaksFor(tenant!))
            throw new AccessRefusedException("wrong tenant", $"The issuer '{issuer.Name}' does not speak for the tenant that the access token names in '{issuer.TenantClaim}'.");
        // What runs for a token ends with it.
        var left = new DateTimeOffset(token.ValidTo) - time.GetUtcNow();
        var ended = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        return new Principal(id, $"{issuer.Name}:{subject}", ScopesOf(token, issuer.ScopeClaim)) { Revoked = ended.Token };
    }

    /// <summary>Scopes are granted one by one: a token's <c>*</c> is none.</summary>
    private static FrozenSet<string> ScopesOf(JsonWebToken token, string claim)
    {
        IEnumerable<string> scopes = [];
        if (token.TryGetPayloadValue<string[]>(claim, out var list))
            scopes = list.SelectMany(s => s.Split(' '));
        else if (token.TryGetPayloadValue<string>(claim, out var text))
            scopes = text.Split(' ');
        return scopes.Where(s => s != Scopes.All && Scopes.IsKnown(s)).ToFrozenSet(StringComparer.Ordinal);
    }
}
