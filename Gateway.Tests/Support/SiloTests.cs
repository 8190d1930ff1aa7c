using Granary.Testing.Redis;

namespace Granary.Gateway.Tests.Support;

/// <summary>Tests with a Redis of their own and a silo on it, each started where a test first asks for it.</summary>
public abstract class SiloTests : IAsyncLifetime
{
    private readonly Lazy<RedisServer> _redis;

    protected SiloTests() => _redis = new(StartRedis);

    protected RedisServer Redis => _redis.Value;

    /// <summary>The silo that runs, and ends with the test.</summary>
    private protected TestSilo? Silo { get; set; }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (Silo is not null)
            await Silo.DisposeAsync();
        if (_redis.IsValueCreated)
            _redis.Value.Dispose();
    }

    protected abstract RedisServer StartRedis();
}
