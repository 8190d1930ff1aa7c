using System.Runtime.InteropServices;
using StackExchange.Redis;

namespace Granary.Vault.Storage.Redis;

/// <summary>The keys and arguments of one append, as <see cref="RedisScripts.Append"/> takes them.</summary>
internal sealed class AppendCommand
{
    private const int FixedValues = 14;

    public AppendCommand(RedisLayout layout, LogHead expected, long bridge, IReadOnlyList<LogEntry> entries, RedisVaultOptions options)
    {
        Bridge = bridge;
        LastEvent = entries[^1].Event;
        var (bridges, claims) = CountParts(entries);
        After = new RedisEnd(new LogHead(expected.Count + entries.Count, entries[^1].Hash), bridge + bridges);
        Keys =
        [
            layout.Head, layout.Claims, layout.ClaimOrder,
            .. Segments(layout, LogStream.Events, expected.Count), .. Segments(layout, LogStream.Chain, expected.Count), .. Segments(layout, LogStream.Bridge, bridge),
            layout.RetryOrder,
        ];
        Values = new RedisValue[FixedValues + 2 * entries.Count + bridges + 3 * claims];
        RedisValue[] head =
        [
            expected.Count, expected.Hash, bridge, After.Head.Count, After.Head.Hash, After.Bridge,
            entries.Count, InFirst(expected.Count, entries.Count), bridges, InFirst(bridge, bridges),
            claims, options.IdempotencyKeys, options.RetryKeys, expected.Count % RedisLayout.SegmentLines,
        ];
        head.CopyTo(Values, 0);
        Fill(expected.Count, entries);
    }

    /// <summary>Lines of the bridge stream that the append builds on.</summary>
    public long Bridge { get; }

    /// <summary>Where the log stands afterwards.</summary>
    public RedisEnd After { get; }

    public ReadOnlyMemory<byte> LastEvent { get; }

    public RedisKey[] Keys { get; }

    public RedisValue[] Values { get; }

    private static RedisKey[] Segments(RedisLayout layout, LogStream stream, long position)
    {
        var first = position / RedisLayout.SegmentLines;
        return [layout.Segment(stream, first), layout.Segment(stream, first + 1)];
    }

    private static long InFirst(long position, int count) => Math.Min(count, RedisLayout.SegmentLines - position % RedisLayout.SegmentLines);

    private static (int Bridges, int Claims) CountParts(IReadOnlyList<LogEntry> entries)
    {
        var (bridges, claims) = (0, 0);
        foreach (var entry in entries)
        {
            bridges += entry.Bridge.IsEmpty ? 0 : 1;
            claims += entry.Claim is null ? 0 : 1;
        }
        return (bridges, claims);
    }

    private void Fill(long position, IReadOnlyList<LogEntry> entries)
    {
        var (line, link) = (FixedValues, FixedValues + entries.Count);
        var bridge = link + entries.Count;
        var claim = Values.Length;
        for (var i = entries.Count - 1; i >= 0; i--)
        {
            if (entries[i].Claim is not { } claimed)
                continue;
            Values[--claim] = ClaimRecord.Write(claimed, position + i, entries[i].Hash);
            Values[--claim] = claimed.Key;
            Values[--claim] = i;
        }
        foreach (var entry in entries)
        {
            Values[line++] = Bytes(entry.Event);
            Values[link++] = Bytes(entry.Chain);
            if (!entry.Bridge.IsEmpty)
                Values[bridge++] = Bytes(entry.Bridge);
        }
    }

    /// <summary>Lines are mostly whole arrays, and then need no copy.</summary>
    private static byte[] Bytes(ReadOnlyMemory<byte> line) =>
        MemoryMarshal.TryGetArray(line, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : line.ToArray();
}
