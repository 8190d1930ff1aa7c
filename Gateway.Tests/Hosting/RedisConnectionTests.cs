using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Granary.Gateway.Configuration;
using Granary.Gateway.Tests.Support;
using Granary.Hosting.Configuration;
using Granary.Testing.Redis;
using Granary.Vault.Keys;
using Granary.Vault.Redis.Connections;

namespace Granary.Gateway.Tests.Hosting;

/// <summary>How the processes of a cluster hold on to their Redis, and what they say when it hangs.</summary>
public sealed class RedisConnectionTests
{
    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyRing.KeyLength));

    [RealRedisFact]
    public async Task A_silo_opens_one_multiplexer()
    {
        using var redis = new RedisServer();
        await using var silo = await TestSilo.StartAsync(redis, _key);
        // A multiplexer has two sockets: one for commands, one that listens.
        (await ClientsAsync(redis.Port)).ShouldBe(2);
    }

    [RealRedisFact]
    public async Task Silo_and_gateway_are_not_ready_while_redis_hangs_and_ready_again_afterwards()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var redis = new RedisServer();
        await using var silo = await TestSilo.StartAsync(redis, _key);
        await using var gateway = await TestGateway.StartAsync(o => o with
        {
            Shape = Shape.Cluster,
            Redis = new RedisSettings { Configuration = redis.Configuration, Keys = KeyRing.Parse(_key) },
            Environment = new Settings(name => name switch { "GRANARY_REDIS" => redis.Configuration, "GRANARY_CLUSTER_SECRET" => TestSilo.Secret, _ => null }),
        });
        await UntilAsync(async () => await IsReadyAsync(gateway) && await silo.IsReadyAsync());
        Signal("STOP", redis.ProcessId);
        try
        {
            // Its grain is nowhere yet, so its silo asks Redis where to put it.
            var call = gateway.Http.CallAsync("init_vault", """{"vault_path":"late"}""");
            await UntilAsync(async () => !await IsReadyAsync(gateway) && !await silo.IsReadyAsync());
            var answer = await call.WaitAsync(TimeSpan.FromMinutes(2));
            answer.IsToolError.ShouldBeTrue();
            answer.ToolText.ShouldContain("Redis does not answer");
        }
        finally
        {
            Signal("CONT", redis.ProcessId);
        }
        await UntilAsync(async () => await IsReadyAsync(gateway) && await silo.IsReadyAsync());
        await gateway.StopAsync();
    }

    private static async Task<bool> IsReadyAsync(TestGateway gateway) => (await gateway.Http.GetAsync("/health/ready")).Status == 200;

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await condition())
            await Task.Delay(50, limit.Token);
    }

    private static void Signal(string signal, int process)
    {
        using var kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {process}")]);
        kill.WaitForExit();
    }

    /// <summary>The clients of a Redis but this one, which asks by a socket of its own.</summary>
    private static async Task<int> ClientsAsync(int port)
    {
        using var socket = new TcpClient("127.0.0.1", port);
        var stream = socket.GetStream();
        await stream.WriteAsync("CLIENT LIST\r\n"u8.ToArray());
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var length = int.Parse((await reader.ReadLineAsync())!.AsSpan(1), CultureInfo.InvariantCulture);
        var list = new char[length];
        await reader.ReadBlockAsync(list);
        return new string(list).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length - 1;
    }
}
