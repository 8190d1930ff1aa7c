namespace Granary.Gateway.Access;

/// <summary>Which scheme an access token belongs to.</summary>
internal interface ITokenSchemes
{
    /// <summary>The scheme of the token's issuer, by what the token says of itself; the scheme proves it. Null where no issuer is known that could have made it.</summary>
    string? SchemeOf(HttpContext context, string token);
}
