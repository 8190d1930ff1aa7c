using Granary.Vault.Redis.Connections;
using StackExchange.Redis;

namespace Granary.Gateway.Hosting;

/// <summary>The key of legacy sessions that gateways make and share in Redis where they were given none: one string, wrapped.</summary>
internal static class SharedRing
{
    /// <summary>What the wrapped key is bound to.</summary>
    public const string Purpose = "session-keys";

    /// <summary>Where it is stored.</summary>
    public static RedisKey KeyIn(RedisLink link) => $"{link.Prefix}:session-keys";
}
