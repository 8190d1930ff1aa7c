using System.Net;
using System.Net.Sockets;
using Granary.Grains.Hosting;
using Granary.Silo.Configuration;
using Granary.Silo.Hosting;
using Granary.Testing.Redis;
using Granary.Vault.Keys;
using Granary.Vault.Redis.Connections;
using Microsoft.AspNetCore.Builder;

namespace Granary.Gateway.Tests.Support;

/// <summary>A silo as its program builds it, in this process, on free ports.</summary>
internal sealed class TestSilo : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestSilo(WebApplication app) => _app = app;

    public static async Task<TestSilo> StartAsync(RedisServer redis, string key)
    {
        var port = FreePort();
        var app = SiloHost.Build(new SiloSettings
        {
            Cluster = new ClusterSettings { Redis = redis.Configuration },
            Redis = new RedisSettings { Configuration = redis.Configuration, Keys = KeyRing.Parse(key) },
            SiloPort = port,
            SiloListenPort = port,
            GatewayPort = FreePort(),
            HealthPort = 0,
            // A silo whose Redis is full or gone cannot say goodbye; no test waits for that long.
            ShutdownTimeout = TimeSpan.FromSeconds(5),
            LogLevel = Microsoft.Extensions.Logging.LogLevel.Warning,
        });
        try
        {
            await app.StartAsync();
            return new TestSilo(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
