using System.Security.Cryptography;
using Granary.Testing.Redis;
using Granary.Vault.Keys;
using Granary.Vault.Redis.Connections;

namespace Granary.Vault.Redis.Tests.Support;

/// <summary>A Redis for a class of tests, started with the first use; every test has vaults of its own.</summary>
public class RedisPlaces : IDisposable
{
    private readonly Lazy<RedisServer> _server;
    private readonly Lazy<RedisLink> _link;
    private readonly KeyRing _keys = KeyRing.Parse(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));

    public RedisPlaces()
        : this(() => new RedisServer("--appendfsync everysec"))
    {
    }

    private protected RedisPlaces(Func<RedisServer> start)
    {
        _server = new(start);
        _link = new(() => RedisLink.Connect(_server.Value.Configuration));
    }

    internal int Port => _server.Value.Port;

    internal RedisLink Link => _link.Value;

    internal string NewName() => $"acme/{Guid.NewGuid():N}";

    internal RedisVaultOptions Options(string name, RedisLink? link = null) =>
        new() { Link = link ?? _link.Value, Name = name, Keys = _keys };

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (_link.IsValueCreated)
            _link.Value.Dispose();
        if (_server.IsValueCreated)
            _server.Value.Dispose();
        _keys.Dispose();
    }
}

/// <summary>The same over Garnet, also where Redis is installed.</summary>
public sealed class GarnetPlaces() : RedisPlaces(RedisServer.NewGarnet);
