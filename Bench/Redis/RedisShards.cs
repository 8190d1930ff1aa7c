using System.Diagnostics;
using Granary.Bench.Processes;
using Granary.Bench.Setup;

namespace Granary.Bench.Redis;

/// <summary>Primaries of a Redis Cluster without replicas; or one Redis that is none.</summary>
internal sealed class RedisShards : IAsyncDisposable
{
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(30);

    private readonly List<RedisProcess> _nodes = [];

    private RedisShards()
    {
    }

    /// <summary>The processes.</summary>
    public IReadOnlyList<RedisProcess> Nodes => _nodes;

    /// <summary>How StackExchange.Redis names it.</summary>
    public string Configuration => string.Join(',', _nodes.Select(node => node.Configuration));

    /// <summary>Starts so many, and waits until they are one store.</summary>
    public static async Task<RedisShards> StartAsync(int count, string folder, CancellationToken cancellation)
    {
        var shards = new RedisShards();
        try
        {
            while (shards._nodes.Count < count)
            {
                var own = Directory.CreateDirectory(Path.Combine(folder, $"redis-{shards._nodes.Count + 1}")).FullName;
                shards._nodes.Add(await RedisProcess.StartAsync(own, null, cancellation, count == 1 ? [] : ["--cluster-enabled", "yes", "--cluster-port", $"{Ports.Free()}"]));
            }
            if (count > 1)
                await shards.JoinAsync(cancellation);
            return shards;
        }
        catch
        {
            await shards.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }

    private async Task JoinAsync(CancellationToken cancellation)
    {
        var info = new ProcessStartInfo("redis-cli", ["--cluster", "create", .. _nodes.Select(node => node.Configuration), "--cluster-yes"]) { RedirectStandardOutput = true };
        using var create = Process.Start(info)!;
        var output = await create.StandardOutput.ReadToEndAsync(cancellation);
        await create.WaitForExitAsync(cancellation);
        if (create.ExitCode != 0)
            throw new BenchException($"The Redis Cluster cannot be made: {output}");
        for (var begin = Stopwatch.GetTimestamp(); !await AreJoinedAsync();)
        {
            if (Stopwatch.GetElapsedTime(begin) > JoinLimit)
                throw new BenchException("The Redis Cluster does not come up.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellation);
        }
    }

    private async Task<bool> AreJoinedAsync() => (await Task.WhenAll(_nodes.Select(node => node.IsClusterUpAsync()))).All(isUp => isUp);
}
