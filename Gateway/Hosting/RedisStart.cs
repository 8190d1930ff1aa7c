using System.Security.Cryptography;
using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Calls;
using Granary.Grains.Hosting;
using Granary.Hosting.Health;
using Granary.Vault.Keys;
using Granary.Vault.Redis.Connections;
using StackExchange.Redis;

namespace Granary.Gateway.Hosting;

/// <summary>
/// Makes a gateway ready that shares a Redis with others: Redis answers, and the sessions' key ring is here. Until then it serves its probes.
/// </summary>
internal sealed partial class RedisStart(
    RedisLink link, RedisGreeting greeting, TokenSeal seal, GatewayOptions options, ClusterSettings cluster, IHostApplicationLifetime lifetime, ILogger<RedisStart> log)
    : IHostedService, IReadiness, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly ILogger<RedisStart> _log = log;
    private readonly CancellationTokenSource _stopping = new();
    private volatile bool _ready;

    public bool IsReady => _ready;

    /// <summary>Why the gateway stopped itself; null when it did not.</summary>
    public string? Refusal { get; private set; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = RunAsync();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _stopping.CancelAsync();

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync()
    {
        try
        {
            await greeting.WaitAsync(_stopping.Token);
            if (options.SessionKeys is null)
                seal.Fill(new KeyRing([await ReadRingAsync()]));
            _ready = true;
        }
        catch (OperationCanceledException)
        {
            // Stopped before Redis came.
        }
        catch (Exception failure) when (failure is InvalidDataException or KeyRingException)
        {
            var reason = failure is KeyRingException && cluster.Secret is not null
                ? $"{failure.Message} The sessions' key in Redis was wrapped by another GRANARY_CLUSTER_SECRET: put that one behind the new one until every process has the new one."
                : failure.Message;
            LogRefused(reason);
            Refusal = reason;
            // Not in the middle of the start, which would end in an exception of the server's.
            lifetime.ApplicationStarted.Register(lifetime.StopApplication);
        }
    }

    /// <summary>The first gateway makes the key, all of them use it.</summary>
    /// <remarks>
    /// (1) With a cluster secret it is wrapped by that, so that gateways need no key-encryption key. (2) Where there is none under that name yet, and this gateway still
    /// has the key-encryption key, the key of the version before is taken over: its sessions go on. (3) A rotated secret wraps it again.
    /// </remarks>
    private async Task<byte[]> ReadRingAsync()
    {
        var old = options.Redis!.Keys;
        using var shared = cluster.Secret?.RingFor(SharedRing.Purpose);
        var (name, keys) = shared is null ? (SharedRing.KeyIn(link), old!) : (SharedRing.SharedKeyIn(link), shared);
        while (true)
        {
            try
            {
                // Looked for first: a Redis that is full still gives what it has.
                if ((byte[]?)await link.Database.StringGetAsync(name, CommandFlags.DemandMaster) is { } wrapped)
                {
                    var ring = keys.Unwrap(wrapped, SharedRing.Purpose);
                    if (shared?.Rewrap(wrapped, SharedRing.Purpose) is { } again)
                        await link.Database.StringSetAsync(name, again, null, When.Exists);
                    return ring;
                }
                var fresh = shared is not null && old is not null && (byte[]?)await link.Database.StringGetAsync(SharedRing.KeyIn(link), CommandFlags.DemandMaster) is { } before
                    ? old.Unwrap(before, SharedRing.Purpose)
                    : RandomNumberGenerator.GetBytes(KeyRing.KeyLength);
                await link.Database.StringSetAsync(name, keys.Wrap(fresh, SharedRing.Purpose), null, When.NotExists);
            }
            catch (Exception failure) when (failure is RedisException or TimeoutException)
            {
                LogLater(failure.Message);
                await Task.Delay(Pause, _stopping.Token);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Critical, "The gateway cannot run: {Reason}")]
    private partial void LogRefused(string reason);

    [LoggerMessage(2, LogLevel.Warning, "The sessions' key cannot be read yet: {Reason}")]
    private partial void LogLater(string reason);
}
