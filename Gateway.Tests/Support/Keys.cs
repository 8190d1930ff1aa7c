using Granary.Gateway.Access;

namespace Granary.Gateway.Tests.Support;

/// <summary>Makes keys as <c>keys add</c> does.</summary>
internal static class Keys
{
    /// <summary>Adds a key and returns it as its holder has it.</summary>
    public static string Add(string file, string tenant, params string[] scopes)
    {
        var id = Guid.NewGuid().ToString("N")[..8];
        var (text, salt, hash) = ApiKey.Create(id);
        ApiKeyFile.Add(file, new ApiKeyEntry(id, tenant, scopes, salt, hash));
        return text;
    }
}
