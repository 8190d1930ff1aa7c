using Granary.Grains.Connections;
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

    /// <summary>What its processes prove to each other; null for none.</summary>
    public ClusterSecret? Secret { get; init; }

    /// <summary>Whether processes are accepted that prove nothing: on a network of their own, or while a secret is introduced.</summary>
    public bool IsOpen { get; init; }

    /// <summary>TLS between the processes; null for none.</summary>
    public ClusterTls? Tls { get; init; }

    /// <summary>How Orleans connects where no connection is shared with it.</summary>
    internal ConfigurationOptions RedisOptions()
    {
        var options = ConfigurationOptions.Parse(Redis);
        options.AbortOnConnectFail = false;
        return options;
    }

    /// <summary>Reads the Redis, the names of the cluster, its secret and its TLS files.</summary>
    /// <param name="settings">The environment.</param>
    /// <param name="role">What this process is.</param>
    /// <exception cref="InvalidDataException">Something is missing or cannot be used; the message names it.</exception>
    public static ClusterSettings Read(Settings settings, ClusterRole role)
    {
        var open = settings.Flag("GRANARY_CLUSTER_INSECURE", false);
        var secret = ClusterSecret.Read(settings);
        var tls = ClusterTls.Read(settings, role, acceptsAnyRole: open);
        if (tls is { NamesRole: false } && secret is null && !open)
        {
            throw new InvalidDataException(
                $"The certificate of GRANARY_CLUSTER_TLS_CERT does not say that this process may be a {(role == ClusterRole.Silo ? "silo" : "gateway")}: issue one with the "
                + $"alternative name DNS:{ClusterTls.NameOf(role)}, or set GRANARY_CLUSTER_SECRET beside it.");
        }
        if (tls is null && secret is null && !open)
        {
            throw new InvalidDataException(
                "A cluster needs GRANARY_CLUSTER_SECRET (GRANARY_CLUSTER_SECRET_FILE), the same for silos and gateways, or mutual TLS (GRANARY_CLUSTER_TLS_CERT, …_KEY, …_CA): "
                + "without one, anyone who reaches a silo can read and write every vault. Make a secret with: openssl rand -base64 32. "
                + "GRANARY_CLUSTER_INSECURE=true does without, on a network of its own.");
        }
        return new ClusterSettings
        {
            Redis = settings.Text("GRANARY_REDIS")
                ?? throw new InvalidDataException("GRANARY_REDIS is required in a cluster: where Redis is, for example redis:6379."),
            ClusterId = settings.Text("GRANARY_CLUSTER_ID") ?? "granary",
            ServiceId = settings.Text("GRANARY_SERVICE_ID") ?? "granary",
            Secret = secret,
            IsOpen = open,
            Tls = tls,
        };
    }
}
