namespace Granary.Instana.Connections;

/// <summary>A unit whose credential the server holds for a tenant, encrypted.</summary>
/// <param name="Name">The alias that calls name it by.</param>
/// <param name="BaseUrl">The unit's address.</param>
/// <param name="SealedToken">The API token, wrapped by the key-encryption key, in Base64.</param>
public sealed record HeldUnit(string Name, string BaseUrl, string SealedToken)
{
    /// <summary>Its address alone.</summary>
    public override string ToString() => $"{Name} ({BaseUrl})";
}
