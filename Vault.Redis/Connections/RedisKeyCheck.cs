using Granary.Vault.Keys;
using StackExchange.Redis;

namespace Granary.Vault.Redis.Connections;

/// <summary>
/// Whether a ring of key-encryption keys is the one of a Redis. A process with another ring would make vaults that nobody else can open, so it is asked before a process
/// does anything.
/// </summary>
/// <remarks>
/// (1) A value in Redis, wrapped by the first process, must open. (2) Where there is none yet, Redis is new or was filled by a version before it: then a vault's
/// secret must open, if there is any. (3) Only then is the value written; the first writer wins.
/// </remarks>
public static class RedisKeyCheck
{
    private const string Purpose = "key-check";

    private static readonly (string Suffix, string Separator)[] Kinds = [(":secrets", "/"), (":beside:secrets", "//")];

    /// <summary>Checks a ring.</summary>
    /// <returns>Null where it fits, otherwise a sentence.</returns>
    /// <exception cref="RedisException">Redis does not answer now.</exception>
    /// <exception cref="TimeoutException">Likewise.</exception>
    public static async Task<string?> RunAsync(RedisLink link, KeyRing keys, CancellationToken cancellation)
    {
        for (var isChecked = false; ; isChecked = true)
        {
            if ((byte[]?)await link.Database.StringGetAsync(Name(link), CommandFlags.DemandMaster) is { } wrapped)
                return Problem(keys, wrapped, Purpose);
            if (!isChecked && await ProblemOfVaultsAsync(link, keys, cancellation) is { } problem)
                return problem;
            try
            {
                await link.Database.StringSetAsync(Name(link), keys.Wrap("granary"u8, Purpose), null, When.NotExists);
            }
            catch (RedisServerException)
            {
                // Full, or read-only: the next process tries again.
                return null;
            }
        }
    }

    /// <summary>Wraps the value with the ring's first key, as all secrets are.</summary>
    internal static async Task RewrapAsync(RedisLink link, KeyRing keys)
    {
        if ((byte[]?)await link.Database.StringGetAsync(Name(link), CommandFlags.DemandMaster) is not { } wrapped || keys.Rewrap(wrapped, Purpose) is not { } again)
            return;
        var exchange = link.Database.CreateTransaction();
        exchange.AddCondition(Condition.StringEqual(Name(link), wrapped));
        _ = exchange.StringSetAsync(Name(link), again);
        await exchange.ExecuteAsync(CommandFlags.DemandMaster);
    }

    private static RedisKey Name(RedisLink link) => $"{link.Prefix}:key-check";

    private static async Task<string?> ProblemOfVaultsAsync(RedisLink link, KeyRing keys, CancellationToken cancellation)
    {
        foreach (var node in link.Primaries.Where(node => node.IsConnected))
        {
            foreach (var (suffix, separator) in Kinds)
            {
                await foreach (var key in node.KeysAsync(pattern: $"{link.PatternPrefix}:{{*}}{suffix}", pageSize: 250).WithCancellation(cancellation))
                {
                    var name = key.ToString()[(link.Prefix.Length + 2)..^(suffix.Length + 1)];
                    foreach (var entry in await link.Database.HashGetAllAsync(key, CommandFlags.DemandMaster))
                    {
                        // What is empty was destroyed. One secret tells enough: all of a Redis have one ring.
                        if ((byte[]?)entry.Value is { Length: > 0 } wrapped)
                            return Problem(keys, wrapped, $"{name}{separator}{entry.Name}");
                    }
                }
            }
        }
        return null;
    }

    private static string? Problem(KeyRing keys, byte[] wrapped, string purpose)
    {
        try
        {
            Array.Clear(keys.Unwrap(wrapped, purpose));
            return null;
        }
        catch (KeyRingException failure)
        {
            return $"GRANARY_KEK (GRANARY_KEK_FILE) is not the key-encryption key of this Redis. {failure.Message} Nothing was changed.";
        }
    }
}
