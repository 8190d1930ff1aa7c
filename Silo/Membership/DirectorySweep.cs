using System.Text.Json;
using Granary.Vault.Redis.Connections;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using StackExchange.Redis;

namespace Granary.Silo.Membership;

/// <summary>Removes what dead silos left in the grain directory: Orleans' directory in Redis keeps it until the grain is called again, for ever if it never is.</summary>
/// <remarks>
/// (1) Of the silos that are active, the one with the lowest address does it, once for each that died. (2) It goes through the directory's keys in pages and looks at which
/// silo each names. (3) An entry goes only if it still is what was read: a grain that was called meanwhile has written a new one. A sweep that fails is begun again.
/// </remarks>
internal sealed partial class DirectorySweep(
    IClusterMembershipService membership,
    ILocalSiloDetails self,
    RedisLink redis,
    IOptions<ClusterOptions> cluster,
    TimeProvider time,
    ILogger<DirectorySweep> log) : BackgroundService
{
    private const int Page = 500;

    private const string RemoveUnchanged = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly ILogger<DirectorySweep> _log = log;
    private readonly HashSet<SiloAddress> _swept = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
        {
            var dead = snapshot.Members.Values.Where(member => member.Status == SiloStatus.Dead).Select(member => member.SiloAddress).ToHashSet();
            dead.ExceptWith(_swept);
            if (dead.Count == 0 || !self.IsFirst(snapshot))
                continue;
            while (!await TrySweepAsync(dead, stoppingToken))
                await Task.Delay(Pause, time, stoppingToken);
            _swept.UnionWith(dead);
        }
    }

    private async Task<bool> TrySweepAsync(HashSet<SiloAddress> dead, CancellationToken cancellation)
    {
        try
        {
            var removed = 0;
            foreach (var node in redis.Primaries)
            {
                var keys = node.KeysAsync(pattern: $"{cluster.Value.ClusterId}/directory/*", pageSize: Page);
                await foreach (var page in keys.Chunk(Page).WithCancellation(cancellation))
                    removed += (await Task.WhenAll(page.Select(key => RemoveAsync(key, dead)))).Count(done => done);
            }
            if (removed > 0)
                LogRemoved(removed, dead.Count);
            return true;
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            LogFailed(failure);
            return false;
        }
    }

    private async Task<bool> RemoveAsync(RedisKey key, HashSet<SiloAddress> dead)
    {
        var value = await redis.Database.StringGetAsync(key);
        return SiloOf(value) is { } silo && dead.Contains(silo) && (bool)await redis.Database.ScriptEvaluateAsync(RemoveUnchanged, [key], [value]);
    }

    /// <summary>The silo that an entry names; null where it is none.</summary>
    private static SiloAddress? SiloOf(RedisValue entry)
    {
        try
        {
            return entry.IsNullOrEmpty ? null : JsonSerializer.Deserialize<GrainAddress>((string)entry!)?.SiloAddress;
        }
        // An odd key, from another program perhaps, must not stop the silo.
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or InvalidOperationException or OverflowException)
        {
            return null;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Entries} entries of dead silos ({Silos}) are removed from the grain directory")]
    private partial void LogRemoved(int entries, int silos);

    [LoggerMessage(2, LogLevel.Warning, "Entries of dead silos could not be removed from the grain directory yet")]
    private partial void LogFailed(Exception failure);
}
