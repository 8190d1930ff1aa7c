using Granary.Vault.Redis.Connections;
using StackExchange.Redis;

namespace Granary.Gateway.Hosting;

/// <summary>
/// The key of legacy sessions that gateways make and share in Redis where they were given none: one string, wrapped by a key that comes of the cluster's secret. Gateways
/// of versions before wrapped it with the key-encryption key, under another name.
/// </summary>
internal static class SharedRing
{
    /// <summary>What the wrapped key is bound to.</summary>
    public const string Purpose = "session-keys";

    /// <summary>Where it is stored, wrapped by the cluster's secret.</summary>
    public static RedisKey SharedKeyIn(RedisLink link) => $"{link.Prefix}:session-ring";

    /// <summary>Where it is stored, wrapped by the key-encryption key.</summary>
    public static RedisKey KeyIn(RedisLink link) => $"{link.Prefix}:session-keys";
}
