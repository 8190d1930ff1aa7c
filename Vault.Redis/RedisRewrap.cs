using Granary.Vault.Keys;
using Granary.Vault.Redis.Connections;
using Granary.Vault.Storage;
using StackExchange.Redis;

namespace Granary.Vault.Redis;

/// <summary>
/// Wraps the secrets of all vaults in a Redis again with the first key of the ring, so that the keys behind it can be taken out of it. Vaults stay in use
/// meanwhile: a secret that is replaced at the same moment stays as its writer wrapped it.
/// </summary>
public static class RedisRewrap
{
    private const int PageSize = 250;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Walks through every vault once. Not while slots of a Redis Cluster move: what moves can be missed.</summary>
    /// <param name="link">The connection; its prefix says whose vaults.</param>
    /// <param name="keys">The ring, the new key in front.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends it early; what was wrapped again stays so.</param>
    /// <exception cref="VaultStorageException"><see cref="VaultStorageFailure.Unavailable"/>: not every node of Redis answers.</exception>
    public static async Task<RewrapReport> RunAsync(RedisLink link, KeyRing keys, TimeProvider time, CancellationToken cancellation)
    {
        var walk = new Walk(link, keys);
        try
        {
            foreach (var node in await ReachedAsync(link, time, cancellation))
            {
                foreach (var (suffix, separator) in ((string, string)[])[(":secrets", "/"), (":beside:secrets", "//")])
                {
                    await foreach (var key in node.KeysAsync(pattern: $"{link.PatternPrefix}:{{*}}{suffix}", pageSize: PageSize)
                        .WithCancellation(cancellation))
                        await walk.VisitAsync(key, suffix, separator, cancellation);
                }
            }
            // Last: a process that has the new key alone may start once every secret is wrapped with it.
            if (walk.Report.Failures.Count == 0)
                await RedisKeyCheck.RewrapAsync(link, keys);
        }
        catch (Exception failure) when (RedisFailures.IsRedis(failure))
        {
            throw failure is RedisServerException ? RedisFailures.Unchanged(failure) : NotReached(failure);
        }
        return walk.Report;
    }

    /// <summary>
    /// Every primary, once all of them answer: the link goes on connecting, and names and networks of containers that have just begun may take a while.
    /// </summary>
    private static async Task<IReadOnlyList<IServer>> ReachedAsync(RedisLink link, TimeProvider time, CancellationToken cancellation)
    {
        for (var end = time.GetUtcNow() + Patience; ;)
        {
            var nodes = link.Primaries;
            if (nodes.All(node => node.IsConnected))
                return nodes;
            if (time.GetUtcNow() >= end)
                throw NotReached(null);
            await Task.Delay(Pause, time, cancellation);
        }
    }

    private static VaultStorageException NotReached(Exception? inner) => new(
        VaultStorageFailure.Unavailable,
        "Not every node of Redis answers, so some secrets may not have been seen. Run it again once they do; nothing is lost.",
        inner);

    private sealed class Walk(RedisLink link, KeyRing keys)
    {
        private readonly List<string> _failures = [];
        private long _secrets;
        private long _rewrapped;

        public RewrapReport Report => new(_secrets, _rewrapped, _failures);

        public async Task VisitAsync(RedisKey key, string suffix, string separator, CancellationToken cancellation)
        {
            var name = key.ToString()[(link.Prefix.Length + 2)..^(suffix.Length + 1)];
            foreach (var entry in await link.Database.HashGetAllAsync(key, CommandFlags.DemandMaster))
            {
                cancellation.ThrowIfCancellationRequested();
                // What is empty was destroyed.
                if ((byte[]?)entry.Value is { Length: > 0 } wrapped)
                    await RewrapAsync(key, entry.Name, wrapped, $"{name}{separator}{entry.Name}");
            }
        }

        private async Task RewrapAsync(RedisKey key, RedisValue document, byte[] wrapped, string purpose)
        {
            _secrets++;
            try
            {
                if (keys.Rewrap(wrapped, purpose) is not { } again)
                    return;
                _rewrapped += (long)await link.Database.ScriptEvaluateAsync(
                    RedisScripts.Exchange, [key], [document, wrapped, again], CommandFlags.DemandMaster);
            }
            catch (KeyRingException failure)
            {
                _failures.Add($"{purpose}: {failure.Message}");
            }
        }
    }
}

/// <summary>What <see cref="RedisRewrap"/> did.</summary>
/// <param name="Secrets">How many secrets were seen.</param>
/// <param name="Rewrapped">How many of them were wrapped by another key than the first, and no longer are.</param>
/// <param name="Failures">Each secret that does not open, and why; it stays as it is.</param>
public sealed record RewrapReport(long Secrets, long Rewrapped, IReadOnlyList<string> Failures);
