using System.Diagnostics;
using Granary.Bench.Mcp;
using Granary.Bench.Processes;
using Granary.Bench.Redis;
using Granary.Bench.Setup;

namespace Granary.Bench.Shapes;

/// <summary>Silos and a gateway over a Redis of their own, each a process that may run on any core.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(30);

    private static Task<string?>? _obstacle;

    private readonly List<ServerProcess> _silos;
    private readonly Func<Task<ServerProcess>> _startSilo;
    private readonly Func<IEnumerable<string>, Task<ServerProcess>> _startGateway;

    private Cluster(
        RedisShards store, List<ServerProcess> silos, ServerProcess gateway, Func<Task<ServerProcess>> startSilo, Func<IEnumerable<string>, Task<ServerProcess>> startGateway) =>
        (Store, _silos, Gateway, _startSilo, _startGateway) = (store, silos, gateway, startSilo, startGateway);

    /// <summary>All of Redis.</summary>
    public RedisShards Store { get; }

    /// <summary>The only Redis, or the first.</summary>
    public RedisProcess Redis => Store.Nodes[0];

    /// <summary>The silos that run, the oldest first.</summary>
    public IReadOnlyList<ServerProcess> Silos => _silos;

    /// <summary>The only silo, or the oldest.</summary>
    public ServerProcess Silo => _silos[0];

    public ServerProcess Gateway { get; }

    /// <summary>Builds what it consists of, once; null when that is there, otherwise a sentence that says why not.</summary>
    public static Task<string?> ObstacleAsync(BenchContext context, CancellationToken cancellation) => _obstacle ??= FindObstacleAsync(context, cancellation);

    /// <summary>Starts it and waits until the gateway reaches a silo.</summary>
    /// <param name="context">Where its assemblies are.</param>
    /// <param name="folder">Where Redis keeps its file.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="silo">More for the silos' environment.</param>
    /// <param name="gateway">More arguments for the gateway.</param>
    /// <param name="key">An API key, where the gateway asks for one.</param>
    /// <param name="silos">How many silos.</param>
    /// <param name="shards">How many shards Redis has: one Redis, or a Redis Cluster.</param>
    public static async Task<Cluster> StartAsync(
        BenchContext context, string folder, CancellationToken cancellation,
        IEnumerable<(string Name, string Value)>? silo = null, IEnumerable<string>? gateway = null, string? key = null, int silos = 1, int shards = 1)
    {
        var started = new Stack<IAsyncDisposable>();
        try
        {
            var store = Keep(await RedisShards.StartAsync(shards, folder, cancellation));
            var shared = new BenchRedis(store.Nodes[0], store.Configuration);
            var hosts = new List<ServerProcess>();
            while (hosts.Count < silos)
                hosts.Add(Keep(await StartSiloAsync()));
            var front = Keep(await StartGatewayAsync(gateway ?? []));
            await WaitReadyAsync(front, key, cancellation);
            return new Cluster(store, hosts, front, StartSiloAsync, StartGatewayAsync);

            Task<ServerProcess> StartGatewayAsync(IEnumerable<string> more) => context.StartGatewayAsync(folder, null, cancellation, null, shared.ClusterGateway, more);

            Task<ServerProcess> StartSiloAsync() =>
                ServerProcess.StartAsync(context.Layout.Silo, _ => [], null, cancellation, port => [.. shared.Silo(port), .. silo ?? []]);
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
        var last = "it is not ready";
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
            catch (BenchException failure)
            {
                last = failure.Message;
            }
            if (Stopwatch.GetElapsedTime(begin) > ReadyLimit)
                throw new BenchException($"The gateway does not reach the silos within {ReadyLimit.TotalSeconds} s: {last}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellation);
        }
    }

    /// <summary>Starts one more silo, and waits until it is healthy.</summary>
    public async Task AddSiloAsync() => _silos.Add(await _startSilo());

    /// <summary>Starts one more gateway; who asks for it ends it.</summary>
    /// <param name="more">More arguments.</param>
    public Task<ServerProcess> StartGatewayAsync(IEnumerable<string> more) => _startGateway(more);

    /// <summary>Kills the youngest silo: it says nothing to anybody.</summary>
    public async Task KillSiloAsync()
    {
        var silo = _silos[^1];
        _silos.RemoveAt(_silos.Count - 1);
        await silo.DisposeAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        foreach (var silo in _silos)
            await silo.DisposeAsync();
        await Store.DisposeAsync();
    }
}
