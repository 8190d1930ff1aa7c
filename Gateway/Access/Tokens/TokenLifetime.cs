using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Granary.Gateway.Access.Tokens;

/// <summary>When a token is valid, by the gateway's own clock: not before <c>nbf</c>, not after <c>exp</c>, and never for longer than its issuer's tokens may live.</summary>
internal sealed class TokenLifetime(Issuer issuer, TimeProvider time)
{
    public bool Validate(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var skew = TimeSpan.FromSeconds(issuer.ClockSkew);
        if (expires is not { } end)
            throw new SecurityTokenNoExpirationException();
        var issued = token is JsonWebToken { IssuedAt: var at } && at > DateTime.MinValue ? at : (DateTime?)null;
        if (notBefore > now + skew || issued > now + skew)
            throw new SecurityTokenNotYetValidException();
        if (end <= now - skew)
            throw new SecurityTokenExpiredException();
        var start = issued ?? notBefore ?? now;
        return end - start <= TimeSpan.FromSeconds(issuer.MaxLifetime)
            ? true
            : throw new AccessRefusedException(
                "lives too long", $"The access token is valid for longer than this server allows: {issuer.MaxLifetime} seconds from 'iat' to 'exp'.");
    }
}
