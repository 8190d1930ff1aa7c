using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Granary.Bench.Processes;
using Granary.Bench.Setup;

namespace Granary.Bench.Redis;

/// <summary>What this Redis does with next to nothing around it: one command over and over from prepared bytes, its answers counted and not read.</summary>
internal static class RedisProbe
{
    private const int Connections = 2;
    private const int Depth = 32;

    /// <summary>In flight at once, over all connections.</summary>
    public const int InFlight = Connections * Depth;

    /// <summary>Runs the command made for each connection's number; its answer is a positive integer.</summary>
    public static async Task<StoreResult> RunAsync(RedisProcess redis, TimeSpan duration, Func<int, byte[][]> command)
    {
        var cpu = new CpuMeter(redis.Pid, Environment.ProcessId);
        var begin = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, Connections)
            .Select(i => Task.Run(() => RunAsync(redis, Repeat(command(i), Depth), begin, duration))));
        return StoreResult.Of(counts.Sum(), Stopwatch.GetElapsedTime(begin), cpu, new());
    }

    private static async Task<long> RunAsync(RedisProcess redis, byte[] commands, long begin, TimeSpan duration)
    {
        using var socket = new Socket(redis.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(redis.EndPoint);
        var answers = new byte[16 * 1024];
        var count = 0L;
        for (; Stopwatch.GetElapsedTime(begin) < duration; count += Depth)
        {
            for (var sent = 0; sent < commands.Length;)
                sent += await socket.SendAsync(commands.AsMemory(sent));
            for (var left = Depth; left > 0;)
            {
                var got = answers.AsSpan(0, await socket.ReceiveAsync(answers.AsMemory()));
                if (got.IsEmpty || got.Contains((byte)'-'))
                    throw new BenchException($"Redis refused a raw command: {Encoding.UTF8.GetString(got)}");
                left -= got.Count((byte)'\n');
            }
        }
        return count;
    }

    /// <summary>The command's bytes in Redis' protocol, so many times.</summary>
    public static byte[] Repeat(byte[][] words, int times)
    {
        using var one = new MemoryStream();
        one.Write(Encoding.ASCII.GetBytes($"*{words.Length}\r\n"));
        foreach (var word in words)
        {
            one.Write(Encoding.ASCII.GetBytes($"${word.Length}\r\n"));
            one.Write(word);
            one.Write("\r\n"u8);
        }
        return [.. Enumerable.Repeat(one.ToArray(), times).SelectMany(bytes => bytes)];
    }
}
