using Granary.Vault.Redis.Connections;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Clustering.Redis;

namespace Granary.Grains.Hosting;

/// <summary>One connection to Redis for each process: membership uses the one that vaults and sessions use.</summary>
internal static class SharedRedis
{
    public static void Use(RedisClusteringOptions options, IServiceProvider services)
    {
        if (services.GetService<RedisLink>() is { } link)
            options.CreateMultiplexer = _ => Task.FromResult((link.Connection, true));
    }
}
