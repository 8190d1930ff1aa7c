using StackExchange.Redis;

namespace Granary.Vault.Redis.Connections;

/// <summary>What a Redis says of itself, as far as vaults depend on it.</summary>
/// <param name="Problems">Why it must not be used; each a sentence.</param>
/// <param name="Warnings">What can be lost, or is not known; each a sentence.</param>
public sealed record RedisChecks(IReadOnlyList<string> Problems, IReadOnlyList<string> Warnings)
{
    private static readonly Version Oldest = new(6, 2);

    /// <summary>Asks Redis; null when it cannot be reached now.</summary>
    /// <param name="link">The connection.</param>
    /// <param name="waitReplicas">How many replicas appends wait for.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<RedisChecks?> RunAsync(RedisLink link, int waitReplicas, CancellationToken cancellation)
    {
        if (!link.IsConnected)
            return null;
        try
        {
            var info = await InfoAsync(link).WaitAsync(TimeSpan.FromSeconds(5), cancellation);
            return Judge(info, waitReplicas);
        }
        catch (RedisServerException refused) when (!refused.Message.StartsWith("LOADING", StringComparison.Ordinal))
        {
            return new RedisChecks([], ["Redis does not let this user read INFO, so its version, persistence and eviction policy are not checked."]);
        }
        catch (Exception failure) when (RedisFailures.IsRedis(failure))
        {
            return null;
        }
    }

    internal static RedisChecks Judge(IReadOnlyDictionary<string, string> info, int waitReplicas)
    {
        var (problems, warnings) = (new List<string>(), new List<string>());
        if (info.TryGetValue("redis_version", out var text) && Version.TryParse(text, out var version) && version < Oldest)
            problems.Add($"Redis {text} is too old: vaults need {Oldest} or newer.");
        if (info.TryGetValue("maxmemory_policy", out var policy) && policy != "noeviction")
            problems.Add($"Redis may evict keys (maxmemory-policy {policy}), which would damage vaults: set maxmemory-policy noeviction.");
        if (info.GetValueOrDefault("role") == "slave")
            problems.Add("The configured Redis is a replica: name its primary.");
        if (info.GetValueOrDefault("cluster_enabled") == "1" && waitReplicas > 0)
            problems.Add("Waiting for replicas is for one primary; with Redis Cluster set min-replicas-to-write on its nodes instead.");
        if (info.TryGetValue("aof_enabled", out var appendOnly))
            warnings.AddRange(Persistence(appendOnly == "1", info.GetValueOrDefault("appendfsync")));
        return new RedisChecks(problems, warnings);
    }

    private static IEnumerable<string> Persistence(bool appendOnly, string? fsync)
    {
        if (!appendOnly)
            yield return "Redis keeps no append-only file: a restart loses every event since its last snapshot, acknowledged or not. Set appendonly yes.";
        else if (fsync == "no")
            yield return "Redis leaves flushing to the operating system (appendfsync no): a power cut can lose acknowledged events of half a minute.";
        else if (fsync == "everysec")
            yield return
                "Redis flushes once a second (appendfsync everysec): a power cut or fail-over can lose acknowledged events of about two seconds. With appendfsync always none are lost.";
    }

    private static async Task<Dictionary<string, string>> InfoAsync(RedisLink link)
    {
        var info = new Dictionary<string, string>(StringComparer.Ordinal);
        var text = (string?)await link.Database.ExecuteAsync("INFO", [], CommandFlags.DemandMaster) ?? "";
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] != '#' && line.IndexOf(':') is var colon and > 0)
                info[line[..colon]] = line[(colon + 1)..];
        }
        if (info.GetValueOrDefault("aof_enabled") != "1")
            return info;
        try
        {
            // Not part of INFO; many managed services forbid it.
            var setting = (RedisValue[]?)await link.Database.ExecuteAsync("CONFIG", ["GET", "appendfsync"], CommandFlags.DemandMaster);
            if (setting is { Length: 2 })
                info["appendfsync"] = (string)setting[1]!;
        }
        catch (RedisServerException)
        {
        }
        return info;
    }
}
