using System.Runtime.InteropServices;
using Granary.Vault.Storage;
using StackExchange.Redis;

namespace Granary.Vault.Redis;

/// <summary>The keys and arguments of one append, as <see cref="RedisScripts.Append"/> takes them.</summary>
internal sealed class AppendScript
{
    private const int FixedValues = 18;

    public AppendScript(
        RedisLayout layout,
        VaultFormat format,
        LogHead expected,
        long bridge,
        IReadOnlyList<LogEntry> entries,
        RedisVaultOptions options)
    {
        Bridge = bridge;
        LastEvent = entries[^1].Event;
        var (bridges, claims, retries) = CountParts(entries);
        var replaced = entries.Select(entry => entry.Replaces).OfType<LineReplacement>().ToList();
        var chains = format.HasChain ? entries.Count : 0;
        After = new RedisEnd(new LogHead(expected.Count + entries.Count, entries[^1].Hash), bridge + bridges);
        Keys =
        [
            layout.Head, layout.Claims, layout.ClaimOrder, layout.Retries, layout.RetryOrder,
            .. Segments(layout, LogStream.Events, expected.Count), .. Segments(layout, LogStream.Chain, expected.Count),
            .. Segments(layout, LogStream.Bridge, bridge),
            .. replaced.Select(line => layout.SegmentOf(LogStream.Events, line.Position)),
        ];
        Values = new RedisValue[FixedValues + entries.Count + chains + bridges + 3 * (claims + retries) + 2 * replaced.Count];
        RedisValue[] head =
        [
            expected.Count, expected.Hash, bridge, After.Head.Count, After.Head.Hash, After.Bridge,
            entries.Count, InFirst(expected.Count, entries.Count), bridges, InFirst(bridge, bridges), expected.Count % RedisLayout.SegmentLines,
            claims, options.IdempotencyKeys, retries, options.RetryKeys, (long)options.RetryKeyLifetime.TotalMilliseconds,
            chains, replaced.Count,
        ];
        head.CopyTo(Values, 0);
        FillLines(entries, chains);
        var at = Values.Length - 3 * (claims + retries) - 2 * replaced.Count;
        FillClaims(expected.Count, entries, at, retries: false);
        FillClaims(expected.Count, entries, at + 3 * claims, retries: true);
        FillReplacements(replaced, at + 3 * (claims + retries));
    }

    /// <summary>Lines of the bridge stream that the append builds on.</summary>
    public long Bridge { get; }

    /// <summary>The head of the log afterwards.</summary>
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

    private static (int Bridges, int Claims, int Retries) CountParts(IReadOnlyList<LogEntry> entries)
    {
        var (bridges, claims, retries) = (0, 0, 0);
        foreach (var entry in entries)
        {
            if (!entry.Bridge.IsEmpty)
                bridges++;
            if (entry.Claim is { ForRetry: true })
                retries++;
            else if (entry.Claim is not null)
                claims++;
        }
        return (bridges, claims, retries);
    }

    private void FillLines(IReadOnlyList<LogEntry> entries, int chains)
    {
        var (line, link) = (FixedValues, FixedValues + entries.Count);
        var bridge = link + chains;
        foreach (var entry in entries)
        {
            Values[line++] = Bytes(entry.Event);
            if (chains > 0)
                Values[link++] = Bytes(entry.Chain);
            if (!entry.Bridge.IsEmpty)
                Values[bridge++] = Bytes(entry.Bridge);
        }
    }

    private void FillClaims(long position, IReadOnlyList<LogEntry> entries, int at, bool retries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Claim is not { } claim || claim.ForRetry != retries)
                continue;
            Values[at++] = i;
            Values[at++] = claim.Key;
            Values[at++] = ClaimRecord.Write(claim, position + i, entries[i].Hash);
        }
    }

    private void FillReplacements(List<LineReplacement> replaced, int at)
    {
        foreach (var line in replaced)
        {
            Values[at++] = line.Position % RedisLayout.SegmentLines;
            Values[at++] = Bytes(line.Line);
        }
    }

    /// <summary>Lines are mostly whole arrays, and then need no copy.</summary>
    internal static byte[] Bytes(ReadOnlyMemory<byte> line) =>
        MemoryMarshal.TryGetArray(line, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : line.ToArray();
}
