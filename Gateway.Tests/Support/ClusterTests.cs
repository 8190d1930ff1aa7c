using System.Security.Cryptography;
using Granary.Gateway.Configuration;
using Granary.Gateway.Hosting;
using Granary.Hosting.Configuration;
using Granary.Testing.Redis;
using Granary.Vault.Keys;
using Granary.Vault.Redis.Connections;
using Microsoft.Extensions.Hosting;

namespace Granary.Gateway.Tests.Support;

/// <summary>Tests with gateways of a cluster in this process, on the Redis of their silo.</summary>
public abstract class ClusterTests : SiloTests
{
    /// <summary>The silo's key-encryption key.</summary>
    protected string Key { get; } = NewKey();

    protected static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyRing.KeyLength));

    protected override RedisServer StartRedis() => new([]);

    private protected async Task<Running> StartAsync(
        string? key = null, bool wait = true, string options = "", string? secret = null, Func<GatewayOptions, GatewayOptions>? change = null)
    {
        var configuration = Redis.Configuration + options;
        var settings = new RedisSettings { Configuration = configuration, Keys = key is { Length: 0 } ? null : KeyRing.Parse(key ?? Key) };
        var environment = new Settings(name => name switch { "GRANARY_REDIS" => configuration, "GRANARY_CLUSTER_SECRET" => secret ?? TestSilo.Secret, "GRANARY_CLUSTER_INSECURE" => secret is { Length: 0 } ? "true" : null, _ => null });
        var running = new Running(await TestGateway.StartAsync(
            o => (change ?? (same => same))(o with { Shape = Shape.Cluster, Redis = settings, Environment = environment })));
        if (wait)
            await running.ReadyAsync();
        return running;
    }
}

/// <summary>A gateway of a cluster.</summary>
internal sealed class Running(TestGateway gateway) : IAsyncDisposable
{
    public TestGateway Gateway => gateway;

    public async Task ReadyAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while ((await gateway.Http.GetAsync("/health/ready")).Status != 200)
            await Task.Delay(20, limit.Token);
    }

    public async Task<string> RefusalAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (gateway.Get<RedisStart>().Refusal is null)
            await Task.Delay(20, limit.Token);
        return gateway.Get<RedisStart>().Refusal!;
    }

    public Task StoppedAsync()
    {
        var stopping = new TaskCompletionSource();
        gateway.Get<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        return stopping.Task.WaitAsync(TimeSpan.FromMinutes(2));
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.StopAsync();
        await gateway.DisposeAsync();
    }
}
