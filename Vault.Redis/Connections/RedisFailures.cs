using Granary.Vault.Storage;
using StackExchange.Redis;

namespace Granary.Vault.Redis.Connections;

/// <summary>How one command ended that brought no answer to use.</summary>
internal enum CommandEnd
{
    /// <summary>It was not sent, or Redis said that it cannot carry it out yet.</summary>
    NotNow,

    /// <summary>Redis refused it; trying again does not help.</summary>
    Refused,

    /// <summary>It was sent, and no answer came: it may have been carried out, or be so yet.</summary>
    Lost,
}

/// <summary>Turns what the Redis library throws into the store's failures, in words without addresses.</summary>
internal static class RedisFailures
{
    public static bool IsRedis(Exception failure) => failure is RedisException or TimeoutException or ObjectDisposedException;

    public static CommandEnd Classify(Exception failure) => failure switch
    {
        RedisServerException refused => Code(refused) switch
        {
            "LOADING" or "BUSY" or "TRYAGAIN" or "CLUSTERDOWN" or "MASTERDOWN" or "NOSCRIPT" or "READONLY" or "NOREPLICAS" or "MOVED" or "ASK" =>
                CommandEnd.NotNow,
            _ => CommandEnd.Refused,
        },
        RedisConnectionException { FailureType: ConnectionFailureType.UnableToResolvePhysicalConnection } => CommandEnd.NotNow,
        RedisCommandException or ObjectDisposedException => CommandEnd.NotNow,
        _ => CommandEnd.Lost,
    };

    /// <summary>The failure of a command that changed nothing.</summary>
    public static VaultStorageException Unchanged(Exception? failure) => failure is RedisServerException refused
        ? new VaultStorageException(Code(refused) == "WRONGTYPE" ? VaultStorageFailure.Damaged : VaultStorageFailure.Refused, Sentence(Code(refused)), failure)
        : new VaultStorageException(VaultStorageFailure.Unavailable, "The store cannot be reached now: Redis does not answer. Try again shortly.", failure);

    public static VaultStorageException Unknown(string what, Exception? failure) => new(
        VaultStorageFailure.OutcomeUnknown, $"Whether {what} reached the store is not known: the connection to Redis was lost meanwhile.", failure);

    private static string Code(RedisServerException failure)
    {
        // A script's errors are wrapped by older servers: "ERR Error running script … @user_script: 12: OOM command not allowed …".
        foreach (var known in (string[])["OOM", "READONLY", "MISCONF", "NOREPLICAS", "NOPERM", "WRONGTYPE", "CROSSSLOT", "NOAUTH", "WRONGPASS"])
        {
            if (failure.Message.Contains(known, StringComparison.Ordinal))
                return known;
        }
        return failure.Message.Contains("ACLs", StringComparison.Ordinal) ? "NOPERM" : failure.Message.Split(' ', 2)[0];
    }

    private static string Sentence(string code) => code switch
    {
        "OOM" => "The store is full: Redis has reached its maxmemory. Free or add memory and try again; reading goes on.",
        "READONLY" => "The store takes no writes now: this Redis is a replica. Try again once its primary is back.",
        "NOREPLICAS" => "The store takes no writes now: too few replicas are connected to Redis. Try again once they are back.",
        "MISCONF" => "The store takes no writes: Redis cannot write to its disk. Its log says why.",
        "NOAUTH" or "WRONGPASS" => "The store refuses the connection: the user or password configured for Redis is missing or wrong.",
        "NOPERM" =>
            "The store refuses the command: the user configured for Redis needs scripts (EVAL, EVALSHA, SCRIPT LOAD), hashes, lists, sorted sets and channels below its prefix.",
        "CROSSSLOT" => "The store refuses the command: something between here and Redis does not keep the keys of one vault together (their hash tag).",
        "WRONGTYPE" => "A key of the vault holds something that was not written by this program.",
        "MOVED" or "ASK" or "CLUSTERDOWN" or "TRYAGAIN" => "The store is being rearranged; try again shortly.",
        "LOADING" => "The store is starting: Redis reads its data. Try again shortly.",
        _ => $"The store refused the command ({code}).",
    };
}
