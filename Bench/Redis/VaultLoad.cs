using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Granary.Bench.Load;
using Granary.Bench.Processes;
using Granary.Bench.Setup;
using Granary.Tenants;
using Granary.Tenants.Vaults;
using Granary.Vault;
using Granary.Vault.Keys;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Redis;
using Granary.Vault.Redis.Archive;
using Granary.Vault.Redis.Connections;
using Granary.Vault.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Bench.Redis;

/// <summary>Appends to vaults in Redis from this process, without a gateway around them.</summary>
internal sealed class VaultLoad : IDisposable
{
    /// <summary>The bytes of a note's event line, nearly.</summary>
    public const int EventBytes = 250;

    /// <summary>The bytes of its chain line.</summary>
    public const int ChainBytes = 330;

    private const int FillBatch = 256;

    private static readonly byte[] Line = Encoding.ASCII.GetBytes(new string('e', EventBytes));
    private static readonly byte[] Link = Encoding.ASCII.GetBytes(new string('c', ChainBytes));

    private readonly RedisProcess _redis;
    private readonly RedisLink _link;
    private readonly KeyRing _keys = KeyRing.Parse(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyRing.KeyLength)));

    private readonly SealedSegments? _archive;

    public VaultLoad(RedisProcess redis, SealedSegments? archive = null)
    {
        (_redis, _archive) = (redis, archive);
        _link = RedisLink.Connect(redis.Configuration);
    }

    /// <summary>The note as a client sends it.</summary>
    public static AppendEvent Note(long n, bool bridge = false) =>
        new("note", Encoding.UTF8.GetBytes($$"""{"text":"the quick brown fox jumps over the lazy dog","n":{{n}}}"""))
        {
            Tags = ["bench"],
            EmitProvara = bridge,
        };

    /// <summary>A new activation of a vault; nothing is opened before its first call.</summary>
    public VaultActivation Activate(string name) =>
        new(VaultName.Parse(name), Store(name), new VaultActivationOptions(), TimeProvider.System, NullLogger.Instance);

    /// <summary>Activations of new vaults.</summary>
    public async Task<VaultActivation[]> CreateAsync(IEnumerable<string> names, CancellationToken cancellation)
    {
        VaultActivation[] vaults = [.. names.Select(Activate)];
        foreach (var vault in vaults)
            await vault.CreateAsync(cancellation);
        return vaults;
    }

    /// <summary>Appends through activations: prepared, linked, signed, gathered into batches; so many callers to a vault.</summary>
    public Task<StoreResult> ThroughActivationsAsync(VaultActivation[] vaults, int callers, TimeSpan duration, CancellationToken cancellation) =>
        RunAsync(vaults.Length * callers, duration, worker =>
        {
            var vault = vaults[worker % vaults.Length];
            return n => vault.AppendAsync(Note(n), CancellationToken.None);
        });

    /// <summary>Appends ready lines to the store, one entry at a time and one caller to a vault: the store and nothing else.</summary>
    public async Task<StoreResult> ToStoreAsync(IEnumerable<string> names, TimeSpan duration, CancellationToken cancellation)
    {
        var logs = new List<IVaultLog>();
        foreach (var name in names)
        {
            await Store(name).CreateAsync(new VaultBirth(VaultFormats.Psmc, []), cancellation);
            logs.Add(await Store(name).OpenAsync(cancellation));
        }
        return await RunAsync(logs.Count, duration, worker => async _ =>
        {
            var log = logs[worker];
            var hash = (log.Head.Count + 1).ToString("x64");
            if (await log.AppendAsync(log.Head, [new LogEntry(hash, Line, Link)], CancellationToken.None) is not AppendOutcome.Appended)
                throw new BenchException("An append to the store met a conflict although nobody else writes.");
        });
    }

    /// <summary>Creates a vault of so many events, without its reducer: that hashes its whole state after every bridge event.</summary>
    /// <param name="name">The vault.</param>
    /// <param name="events">How many.</param>
    /// <param name="bridge">Whether with bridge events.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <param name="between">Done after each batch.</param>
    public async Task FillAsync(string name, int events, bool bridge, CancellationToken cancellation, Func<Task>? between = null)
    {
        using (var key = SigningKey.Generate())
            await PsmcVault.CreateAsync(Store(name), key, TimeProvider.System.GetUtcNow(), cancellation);
        await using var vault = await PsmcVault.OpenAsync(Store(name), cancellation);
        var (head, previous) = (vault.Log.Head, (string?)null);
        foreach (var batch in Enumerable.Range(0, events).Chunk(FillBatch))
        {
            var entries = new List<LogEntry>();
            foreach (var n in batch)
            {
                var note = Note(n, bridge);
                var prepared = PreparedEvent.Create(note.EventType, note.Data.Span, note.Tags, bridge);
                var built = vault.Builder.Build(prepared, head, Guid.NewGuid(), TimeProvider.System.GetUtcNow(), previous);
                entries.Add(built.Entry);
                previous = built.BridgeEventId;
                head = new LogHead(head.Count + 1, built.Entry.Hash);
            }
            await vault.Log.AppendAsync(vault.Log.Head, entries, cancellation);
            if (between is not null)
                await between();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _link.Dispose();
        _keys.Dispose();
    }

    /// <summary>Where a vault is stored.</summary>
    public RedisVaultOptions Options(string name) => new() { Link = _link, Name = $"bench/{VaultName.Parse(name).ToFileName()}", Keys = _keys, Archive = _archive };

    private RedisVaultStore Store(string name) => new(Options(name));

    private async Task<StoreResult> RunAsync(int workers, TimeSpan duration, Func<int, Func<long, Task>> append)
    {
        var latencies = Enumerable.Range(0, workers).Select(_ => new LatencyHistogram()).ToArray();
        var cpu = new CpuMeter(_redis.Pid, Environment.ProcessId);
        var begin = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(latencies.Select((latency, worker) => Task.Run(() => LoopAsync(append(worker), begin, duration, latency))));
        var elapsed = Stopwatch.GetElapsedTime(begin);
        var all = new LatencyHistogram();
        foreach (var latency in latencies)
            all.Add(latency);
        return StoreResult.Of(counts.Sum(), elapsed, cpu, all);
    }

    private static async Task<long> LoopAsync(Func<long, Task> append, long begin, TimeSpan duration, LatencyHistogram latency)
    {
        var n = 0L;
        for (; Stopwatch.GetElapsedTime(begin) < duration; n++)
        {
            var sent = Stopwatch.GetTimestamp();
            await append(n);
            latency.Add(Stopwatch.GetElapsedTime(sent));
        }
        return n;
    }
}
