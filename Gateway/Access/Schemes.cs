namespace Granary.Gateway.Access;

/// <summary>Names of the authentication schemes.</summary>
internal static class Schemes
{
    /// <summary>The policy scheme that every request goes through; it picks one of the others.</summary>
    public const string Granary = "Granary";

    /// <summary>API keys, and everything that is no credential of another scheme.</summary>
    public const string ApiKey = "ApiKey";

    /// <summary>Client certificates, where the gateway asks for them.</summary>
    public const string Certificate = "Certificate";

    /// <summary>Challenges and RFC 9728 metadata, where access tokens are accepted.</summary>
    public const string Mcp = "Mcp";

    /// <summary>Access tokens of one issuer.</summary>
    public static string Issuer(string name) => $"Issuer:{name}";
}
