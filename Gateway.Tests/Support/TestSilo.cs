using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Granary.Grains.Connections;
using Granary.Grains.Hosting;
using Granary.Silo.Configuration;
using Granary.Silo.Hosting;
using Granary.Testing.Redis;
using Granary.Vault.Keys;
using Granary.Vault.Redis.Connections;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Granary.Gateway.Tests.Support;

/// <summary>A silo as its program builds it, in this process, on free ports.</summary>
internal sealed class TestSilo : IAsyncDisposable
{
    /// <summary>What silos and gateways of a test prove to each other.</summary>
    public static string Secret { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private readonly WebApplication _app;

    private TestSilo(WebApplication app) => _app = app;

    /// <summary>What it logs, from warnings on.</summary>
    public CapturedLogs Logs { get; } = new();

    /// <summary>Whether it is ready for calls, as its health port says.</summary>
    public async Task<bool> IsReadyAsync()
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(new Uri(_app.Urls.First().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)), "/health/ready"));
        return answer.IsSuccessStatusCode;
    }

    public static async Task<TestSilo> StartAsync(
        RedisServer redis, string key, bool isOpen = false, Func<SiloSettings, SiloSettings>? change = null)
    {
        var port = FreePort();
        var settings = new SiloSettings
        {
            Cluster = new ClusterSettings { Redis = redis.Configuration, Secret = ClusterSecret.Parse(Secret), IsOpen = isOpen },
            Redis = new RedisSettings { Configuration = redis.Configuration, Keys = KeyRing.Parse(key) },
            SiloPort = port,
            SiloListenPort = port,
            GatewayPort = FreePort(),
            HealthPort = 0,
            // A silo whose Redis is full or gone cannot say goodbye; no test waits for that long.
            ShutdownTimeout = TimeSpan.FromSeconds(5),
            LogLevel = LogLevel.Warning,
        };
        var app = SiloHost.Build(change?.Invoke(settings) ?? settings);
        var silo = new TestSilo(app);
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(silo.Logs);
        try
        {
            await app.StartAsync();
            return silo;
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
