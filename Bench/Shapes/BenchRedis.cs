using System.Security.Cryptography;
using Granary.Bench.Processes;

namespace Granary.Bench.Shapes;

/// <summary>What the processes over one Redis must agree on, as they find it in their environment.</summary>
/// <param name="redis">The Redis, or the first of several.</param>
/// <param name="configuration">How all of them are named; null for the one.</param>
internal sealed class BenchRedis(RedisProcess redis, string? configuration = null)
{
    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly string _secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>The Redis.</summary>
    public RedisProcess Redis => redis;

    /// <summary>For a gateway of a cluster.</summary>
    public IEnumerable<(string Name, string Value)> ClusterGateway => [.. Common, ("GRANARY_SHAPE", "cluster")];

    /// <summary>For a silo.</summary>
    /// <param name="health">The port of its health endpoints.</param>
    public IEnumerable<(string Name, string Value)> Silo(int health) =>
        [.. Common, ("GRANARY_KEK", _key), ("PORT", $"{health}"), ("GRANARY_SILO_PORT", $"{Ports.Free()}"), ("GRANARY_SILO_GATEWAY_PORT", $"{Ports.Free()}")];

    private IEnumerable<(string Name, string Value)> Common => [("GRANARY_REDIS", configuration ?? redis.Configuration), ("GRANARY_CLUSTER_SECRET", _secret)];
}
