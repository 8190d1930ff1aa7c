using Microsoft.IdentityModel.Tokens;

namespace Granary.Gateway.Access.Tokens;

/// <summary>Why the library does not accept a token, in a sentence that says nothing of the token itself.</summary>
internal static class TokenRefusals
{
    public static AccessRefusedException Of(Exception failure) => failure switch
    {
        AccessRefusedException refusal => refusal,
        SecurityTokenExpiredException => new("expired token", "The access token has expired; get a new one."),
        SecurityTokenNotYetValidException => new("token not valid yet", "The access token is not valid yet: 'nbf' or 'iat' is to come."),
        SecurityTokenInvalidAudienceException => new("wrong audience", "The access token is not made for this server: its 'aud' names another."),
        SecurityTokenInvalidIssuerException => new("wrong issuer", "The access token's 'iss' is not its issuer's."),
        SecurityTokenNoExpirationException => new("no expiry", "The access token never expires; this server takes tokens with 'exp'."),
        SecurityTokenInvalidTypeException => new("wrong type", "This is no access token: its header's 'typ' is neither at+jwt nor JWT."),
        SecurityTokenInvalidAlgorithmException => new("wrong algorithm", "The access token is not signed with an algorithm that is accepted: RS, PS or ES with 256, 384 or 512."),
        SecurityTokenSignatureKeyNotFoundException => new("unknown signing key", "The access token is signed by a key that its issuer does not publish.") { Guessed = AccessRefusedException.Token },
        SecurityTokenInvalidSignatureException => new("wrong signature", "The access token's signature is not valid.") { Guessed = AccessRefusedException.Token },
        SecurityTokenInvalidLifetimeException => new("lifetime", "The access token's 'nbf' comes after its 'exp'."),
        _ => new("invalid token", "The access token is not valid."),
    };
}
