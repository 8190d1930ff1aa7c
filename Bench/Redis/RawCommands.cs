using System.Text;
using Granary.Bench.Processes;

namespace Granary.Bench.Redis;

/// <summary>The commands of the raw rates, with as many bytes as the lines of an append.</summary>
internal static class RawCommands
{
    private const string Script = """
        local head = redis.call('HMGET', KEYS[1], 'count', 'hash', 'bridge')
        redis.call('RPUSH', KEYS[2], ARGV[1])
        redis.call('RPUSH', KEYS[3], ARGV[2])
        redis.call('HSET', KEYS[1], 'count', '1', 'hash', ARGV[3], 'bridge', '0')
        return 1
        """;

    private static readonly byte[] Event = new byte[VaultLoad.EventBytes];
    private static readonly byte[] Chain = new byte[VaultLoad.ChainBytes];
    private static readonly byte[] Hash = new byte[64];

    /// <summary>One push of all bytes.</summary>
    public static byte[][] Push(int connection) => ["RPUSH"u8.ToArray(), Key(connection, "push"), [.. Event, .. Chain]];

    /// <summary>A script that writes what an append writes.</summary>
    public static async Task<Func<int, byte[][]>> LoadScriptAsync(RedisProcess redis)
    {
        var sha = Encoding.ASCII.GetBytes(await redis.LoadScriptAsync(Script));
        return connection =>
        [
            "EVALSHA"u8.ToArray(), sha, "3"u8.ToArray(), Key(connection, "head"), Key(connection, "events"), Key(connection, "chain"), Event, Chain, Hash,
        ];
    }

    private static byte[] Key(int connection, string name) => Encoding.ASCII.GetBytes($"raw:{{{connection}}}:{name}");
}
