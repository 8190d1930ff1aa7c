using Granary.Hosting.Configuration;
using StackExchange.Redis;

namespace Granary.Grains.Hosting;

/// <summary>What silos and gateways of one cluster must agree on.</summary>
public sealed record ClusterSettings
{
    /// <summary>
    /// How long a message may wait for its answer, before it is taken for lost. No detector of failures: a connection that ends and a membership that declares a silo
    /// dead end a wait much sooner, and a silo that is only slow is waited for.
    /// </summary>
    public static TimeSpan ResponseTimeout { get; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a silo works on a call before it says that it is not done; gateways from before waited a second for an answer.</summary>
    internal static TimeSpan Turn { get; } = TimeSpan.FromSeconds(0.4);

    /// <summary>Servers and options in StackExchange.Redis' notation; silos and gateways find each other there.</summary>
    public required string Redis { get; init; }

    /// <summary>Names this cluster; a new one stands beside the old one (blue/green).</summary>
    public string ClusterId { get; init; } = "granary";

    /// <summary>Names the service; it stays the same for the life of the data.</summary>
    public string ServiceId { get; init; } = "granary";

    /// <summary>TLS between the processes; null for none.</summary>
    public ClusterTls? Tls { get; init; }

    /// <summary>How Orleans connects where no connection is shared with it.</summary>
    internal ConfigurationOptions RedisOptions()
    {
        var options = ConfigurationOptions.Parse(Redis);
        options.AbortOnConnectFail = false;
        return options;
    }

    /// <summary>Reads <c>GRANARY_REDIS</c>, <c>GRANARY_CLUSTER_ID</c>, <c>GRANARY_SERVICE_ID</c> and the <c>GRANARY_CLUSTER_TLS_*</c> files.</summary>
    /// <exception cref="InvalidDataException">Something is missing or cannot be used; the message names it.</exception>
    public static ClusterSettings Read(Settings settings) => new()
    {
        Redis = settings.Text("GRANARY_REDIS")
            ?? throw new InvalidDataException("GRANARY_REDIS is required in a cluster: where Redis is, for example redis:6379."),
        ClusterId = settings.Text("GRANARY_CLUSTER_ID") ?? "granary",
        ServiceId = settings.Text("GRANARY_SERVICE_ID") ?? "granary",
        Tls = ClusterTls.Read(settings),
    };
}
