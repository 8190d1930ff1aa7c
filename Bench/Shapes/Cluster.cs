using System.Diagnostics;
using Granary.Bench.Mcp;
using Granary.Bench.Processes;
using Granary.Bench.Setup;

namespace Granary.Bench.Shapes;

/// <summary>A silo and a gateway over a Redis of their own, each a process that may run on any core.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(30);

    private static Task<string?>? _obstacle;

    private Cluster(RedisProcess redis, ServerProcess silo, ServerProcess gateway) => (Redis, Silo, Gateway) = (redis, silo, gateway);

    public RedisProcess Redis { get; }

    public ServerProcess Silo { get; }

    public ServerProcess Gateway { get; }

    /// <summary>Builds what it consists of, once; null when that is there, otherwise a sentence that says why not.</summary>
    public static Task<string?> ObstacleAsync(BenchContext context, CancellationToken cancellation) => _obstacle ??= FindObstacleAsync(context, cancellation);

    /// <summary>Starts it and waits until the gateway reaches the silo.</summary>
    /// <param name="context">Where its assemblies are.</param>
    /// <param name="folder">Where Redis keeps its file.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="silo">More for the silo's environment.</param>
    /// <param name="gateway">More arguments for the gateway.</param>
    /// <param name="key">An API key, where the gateway asks for one.</param>
    public static async Task<Cluster> StartAsync(
        BenchContext context, string folder, CancellationToken cancellation,
        IEnumerable<(string Name, string Value)>? silo = null, IEnumerable<string>? gateway = null, string? key = null)
    {
        var started = new Stack<IAsyncDisposable>();
        try
        {
            var redis = Keep(await RedisProcess.StartAsync(folder, null, cancellation));
            var shared = new BenchRedis(redis);
            var host = Keep(await ServerProcess.StartAsync(context.Layout.Silo, _ => [], null, cancellation, port => [.. shared.Silo(port), .. silo ?? []]));
            var front = Keep(await context.StartGatewayAsync(folder, null, cancellation, null, shared.ClusterGateway, gateway));
            await WaitReadyAsync(front, key, cancellation);
            return new Cluster(redis, host, front);
        }
        catch
        {
            while (started.TryPop(out var one))
                await one.DisposeAsync();
            throw;
        }

        T Keep<T>(T one)
            where T : IAsyncDisposable
        {
            started.Push(one);
            return one;
        }
    }

    private static async Task<string?> FindObstacleAsync(BenchContext context, CancellationToken cancellation)
    {
        if (RedisProcess.Obstacle is { } obstacle)
            return obstacle;
        foreach (var project in context.Options.Build ? (string[])["Silo", "Gateway"] : [])
        {
            if (await DotnetBuild.TryAsync(context.Layout, project, [], cancellation) is { } output)
                return $"{project} does not build here: {output.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal))?.Trim()}";
        }
        return File.Exists(context.Layout.Silo) && File.Exists(context.Layout.Gateway) ? null : "gateway and silo are not built: leave out --no-build";
    }

    // The first calls compile their way through three processes, and messages between them have a second: they may fail, and are not measured.
    private static async Task WaitReadyAsync(ServerProcess gateway, string? key, CancellationToken cancellation)
    {
        using var client = new GatewayClient(gateway.Port, key);
        var begin = Stopwatch.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                if (await Health.IsOkAsync(gateway.EndPoint, cancellation, "/health/ready"))
                {
                    var vault = $$"""{"vault_path":"first/{{attempt}}"}""";
                    await client.CallAsync("init_vault", vault, cancellation);
                    await client.CallAsync("query_timeline", vault, cancellation);
                    return;
                }
            }
            catch (BenchException) when (Stopwatch.GetElapsedTime(begin) < ReadyLimit)
            {
            }
            if (Stopwatch.GetElapsedTime(begin) > ReadyLimit)
                throw new BenchException($"The gateway does not reach the silo within {ReadyLimit.TotalSeconds} s.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellation);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Silo.DisposeAsync();
        await Redis.DisposeAsync();
    }
}
