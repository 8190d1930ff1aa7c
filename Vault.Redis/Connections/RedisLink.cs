using System.Net;
using StackExchange.Redis;

namespace Granary.Vault.Redis.Connections;

/// <summary>
/// A process's connection to Redis, shared by everything that needs it. It connects again by itself; while it cannot, commands fail
/// with the library's exceptions, which the sender of a command translates.
/// </summary>
public sealed class RedisLink : IDisposable
{
    private readonly ConnectionMultiplexer _connection;

    private RedisLink(ConnectionMultiplexer connection, string prefix)
    {
        _connection = connection;
        Prefix = prefix;
        connection.ConnectionRestored += (_, restored) =>
            Restored?.Invoke(this, new RedisRestoredEventArgs(restored.ConnectionType == ConnectionType.Subscription));
    }

    /// <summary>What every key and channel begins with, so that several clusters can share one Redis.</summary>
    public string Prefix { get; }

    /// <summary>The same for a pattern. A prefix may hold none of its signs, except where somebody else made the link.</summary>
    internal string PatternPrefix =>
        string.Concat(Prefix.Select(sign => "*?[]\\^".Contains(sign, StringComparison.Ordinal) ? $"\\{sign}" : $"{sign}"));

    /// <summary>The library's own connection, for what else in the process needs one; it stays this link's.</summary>
    public IConnectionMultiplexer Connection => _connection;

    /// <summary>Commands.</summary>
    public IDatabase Database => _connection.GetDatabase();

    /// <summary>One node of a Redis Cluster, or the only one, for commands that no key leads there.</summary>
    public IServer Server(EndPoint node) => _connection.GetServer(node);

    /// <summary>Every node that is no replica; one that was never reached counts, for nobody knows what it is.</summary>
    public IReadOnlyList<IServer> Primaries => [.. _connection.GetServers().Where(server => !server.IsReplica)];

    /// <summary>Channels.</summary>
    public ISubscriber Subscriber => _connection.GetSubscriber();

    /// <summary>Whether commands can be sent now.</summary>
    public bool IsConnected => _connection.IsConnected;

    /// <summary>A lost connection is back.</summary>
    public event EventHandler<RedisRestoredEventArgs>? Restored;

    /// <summary>Connects, or returns after a few seconds and goes on trying.</summary>
    /// <param name="configuration">Servers and options in StackExchange.Redis' notation, for example <c>redis-1:6379,password=…,ssl=true</c>.</param>
    /// <param name="prefix">See <see cref="Prefix"/>.</param>
    /// <exception cref="ArgumentException">The configuration cannot be read; the message shows nothing of it, for it may hold a password.</exception>
    public static RedisLink Connect(string configuration, string prefix = "granary")
    {
        var options = Parse(configuration);
        options.AbortOnConnectFail = false;
        options.ReconnectRetryPolicy = new LinearRetry(500);
        // The library counts INFO among administrators' commands; it is how RedisChecks learns whether this Redis may lose or evict events.
        options.AllowAdmin = true;
        return new RedisLink(ConnectionMultiplexer.Connect(options), prefix);
    }

    /// <summary>Whether <see cref="Connect"/> could read a configuration; connects to nothing.</summary>
    /// <exception cref="ArgumentException">As there.</exception>
    public static void Check(string configuration) => Parse(configuration);

    /// <inheritdoc />
    public void Dispose() => _connection.Dispose();

    private static ConfigurationOptions Parse(string configuration)
    {
        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(configuration);
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException)
        {
            throw new ArgumentException(
                "The Redis configuration cannot be read: host:port, more of them separated by commas, then options such as password=….",
                nameof(configuration), failure);
        }
        if (options.EndPoints.Count == 0)
            throw new ArgumentException("The Redis configuration names no server: host:port, more of them separated by commas.", nameof(configuration));
        return options;
    }
}

/// <summary>A connection came back.</summary>
/// <param name="ofChannels">See <see cref="OfChannels"/>.</param>
public sealed class RedisRestoredEventArgs(bool ofChannels) : EventArgs
{
    /// <summary>True for the connection that carries channels' messages: some of them were missed.</summary>
    public bool OfChannels { get; } = ofChannels;
}
