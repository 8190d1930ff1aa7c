using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Granary.Bench.Setup;
using Granary.Vault.Redis.Connections;
using StackExchange.Redis;

namespace Granary.Bench.Processes;

/// <summary>A Redis of the run's own on a free loopback port, its append-only file on the disk that is measured.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private static readonly byte[] Ping = "PING\r\n"u8.ToArray();

    private readonly Process _process;
    private readonly RedisLink _link;

    private RedisProcess(Process process, int port, RedisLink link)
    {
        _process = process;
        _link = link;
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
    }

    /// <summary>Why there is none on this machine; null where there is one.</summary>
    public static string? Obstacle { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "redis-server")))
            ? null
            : "redis-server is not installed";

    /// <summary>The process.</summary>
    public int Pid => _process.Id;

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>How StackExchange.Redis names it.</summary>
    public string Configuration => $"127.0.0.1:{EndPoint.Port}";

    /// <summary>Its version, for the record.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Starts it with an append-only file that is flushed every second; all else is as Redis comes.</summary>
    /// <param name="folder">Where its file goes.</param>
    /// <param name="core">The core it may use; null for all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="more">More arguments.</param>
    public static async Task<RedisProcess> StartAsync(string folder, int? core, CancellationToken cancellation, params IEnumerable<string> more)
    {
        var port = Ports.Free();
        string[] arguments = ["--port", $"{port}", "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--appendfsync", "everysec", "--save", "", .. more];
        var process = Process.Start(CpuPinning.Command("redis-server", arguments, core))!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await WaitAsync(process, new IPEndPoint(IPAddress.Loopback, port), cancellation);
            var redis = new RedisProcess(process, port, RedisLink.Connect($"127.0.0.1:{port}"));
            redis.Version = await redis.VersionAsync();
            return redis;
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>Sets when appends are flushed: <c>everysec</c> or <c>always</c>.</summary>
    public Task FlushAsync(string policy) => _link.Database.ExecuteAsync("CONFIG", "SET", "appendfsync", policy);

    /// <summary>Forgets everything, so that a run begins as the one before did.</summary>
    public Task ClearAsync() => _link.Database.ExecuteAsync("FLUSHALL");

    /// <summary>Loads a script; the result is its name for <c>EVALSHA</c>.</summary>
    public async Task<string> LoadScriptAsync(string script) => (string)(await _link.Database.ExecuteAsync("SCRIPT", "LOAD", script))!;

    /// <summary>Bytes of memory that its data takes.</summary>
    public async Task<long> UsedMemoryAsync()
    {
        var text = (string)(await _link.Database.ExecuteAsync("INFO", "memory"))!;
        return long.Parse(Field(text, "used_memory:"));
    }

    /// <summary>How many commands it has carried out.</summary>
    public async Task<long> CommandsAsync() => long.Parse(Field((string)(await AskAsync("INFO", "stats"))!, "total_commands_processed:"));

    /// <summary>Whether it is a node of a Redis Cluster that serves every slot.</summary>
    public async Task<bool> IsClusterUpAsync() => ((string)(await AskAsync("CLUSTER", "INFO"))!).Contains("cluster_state:ok", StringComparison.Ordinal);

    /// <summary>Sets how much memory its data may take, in bytes; more is refused.</summary>
    public Task LimitMemoryAsync(long bytes) => _link.Database.ExecuteAsync("CONFIG", "SET", "maxmemory-policy", "noeviction", "maxmemory", bytes);

    /// <summary>Bytes of memory that one key takes, its name included; 0 where there is none.</summary>
    public async Task<long> MemoryOfAsync(string key)
    {
        var bytes = await _link.Database.ExecuteAsync("MEMORY", "USAGE", (RedisKey)key, "SAMPLES", 0);
        return bytes.IsNull ? 0 : (long)bytes;
    }

    /// <summary>How many keys a pattern has, found in steps that hold nobody up for long.</summary>
    public async Task<int> CountKeysAsync(string pattern)
    {
        var count = 0;
        await foreach (var page in KeysAsync(pattern))
            count += page.Length;
        return count;
    }

    /// <summary>The sum of one field of all hashes that a pattern has.</summary>
    public async Task<long> SumAsync(string pattern, string field)
    {
        var sum = 0L;
        await foreach (var page in KeysAsync(pattern))
            sum += (await Task.WhenAll(page.Select(key => _link.Database.HashGetAsync(key, field)))).Sum(value => (long)value);
        return sum;
    }

    private async IAsyncEnumerable<RedisKey[]> KeysAsync(string pattern)
    {
        var cursor = "0";
        do
        {
            var page = (RedisResult[])(await _link.Database.ExecuteAsync("SCAN", cursor, "MATCH", pattern, "COUNT", 10_000))!;
            cursor = (string)page[0]!;
            yield return (RedisKey[])page[1]!;
        }
        while (cursor != "0");
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _link.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    /// <summary>Asks this node, where a command for the store goes to any.</summary>
    private Task<RedisResult> AskAsync(string command, string what) => _link.Database.Multiplexer.GetServer(EndPoint).ExecuteAsync(command, what);

    private async Task<string> VersionAsync() => Field((string)(await _link.Database.ExecuteAsync("INFO", "server"))!, "redis_version:");

    private static string Field(string info, string name) =>
        info.Split('\n').First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim();

    private static async Task WaitAsync(Process process, IPEndPoint endPoint, CancellationToken cancellation)
    {
        for (var begin = Stopwatch.GetTimestamp(); !await AnswersAsync(endPoint, cancellation);)
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(begin) > StartLimit)
                throw new BenchException("redis-server does not start.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellation);
        }
    }

    private static async Task<bool> AnswersAsync(IPEndPoint endPoint, CancellationToken cancellation)
    {
        try
        {
            using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(endPoint, cancellation);
            await socket.SendAsync(Ping, cancellation);
            var answer = new byte[64];
            return await socket.ReceiveAsync(answer, cancellation) > 0 && answer.AsSpan().StartsWith("+PONG"u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
