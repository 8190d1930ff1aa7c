using Granary.Vault.Redis.Connections;
using Granary.Vault.Storage;
using StackExchange.Redis;

namespace Granary.Vault.Redis;

/// <summary>Takes a vault out of Redis as if it had never been there. For scratch vaults: what clients wrote is never removed.</summary>
public static class RedisVaultRemoval
{
    /// <summary>Removes the vault, whose log is no longer than a segment.</summary>
    /// <param name="link">The connection.</param>
    /// <param name="name">The vault's <see cref="RedisVaultOptions.Name"/>.</param>
    /// <exception cref="RedisException">Redis does not answer now.</exception>
    public static Task RunAsync(RedisLink link, string name)
    {
        var layout = new RedisLayout(link.Prefix, name);
        RedisKey[] keys =
        [
            layout.Head, layout.Documents, layout.Secrets, layout.Beside, layout.BesideSecrets, layout.Claims, layout.ClaimOrder, layout.Retries,
            layout.RetryOrder, .. Enum.GetValues<LogStream>().Select(stream => layout.Segment(stream, 0)),
        ];
        return link.Database.KeyDeleteAsync(keys, CommandFlags.DemandMaster);
    }
}
