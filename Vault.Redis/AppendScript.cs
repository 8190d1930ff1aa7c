using System.Runtime.InteropServices;
using Granary.Vault.Redis.Archive;
using Granary.Vault.Storage;
using StackExchange.Redis;

namespace Granary.Vault.Redis;

/// <summary>The keys and arguments of one append, as <see cref="RedisScripts.Append"/> takes them.</summary>
internal sealed class AppendScript
{
    private const int FixedValues = 22;
    private const int SegmentValues = 5;

    private readonly RedisLayout _layout;

    public AppendScript(
        RedisLayout layout,
        VaultFormat format,
        LogHead expected,
        long bridge,
        IReadOnlyList<LogEntry> entries,
        IReadOnlyList<ResealedSegment> resealed,
        RedisVaultOptions options)
    {
        _layout = layout;
        Bridge = bridge;
        LastEvent = entries[^1].Event;
        var (bridges, claims, retries) = CountParts(entries);
        var replaced = entries.Select(entry => entry.Replaces).OfType<LineReplacement>()
            .Where(line => !resealed.Any(segment => segment.Index == line.Position / layout.SegmentLines)).ToList();
        var chains = format.HasChain ? entries.Count : 0;
        After = new RedisEnd(new LogHead(expected.Count + entries.Count, entries[^1].Hash), bridge + bridges);
        var segments = new
        {
            Events = Segments(LogStream.Events, expected.Count, entries.Count),
            Chain = Segments(LogStream.Chain, expected.Count, chains),
            Bridge = Segments(LogStream.Bridge, bridge, bridges),
        };
        Keys =
        [
            layout.Head, layout.Claims, layout.ClaimOrder, layout.Retries, layout.RetryOrder, layout.Sealed(LogStream.Events), layout.Loose,
            .. segments.Events, .. segments.Chain, .. segments.Bridge, .. replaced.Select(line => layout.SegmentOf(LogStream.Events, line.Position)),
        ];
        Values = new RedisValue[
            FixedValues + entries.Count + chains + bridges + 3 * (claims + retries) + 2 * replaced.Count + SegmentValues * resealed.Count];
        RedisValue[] head =
        [
            expected.Count, expected.Hash, bridge, After.Head.Count, After.Head.Hash, After.Bridge,
            entries.Count, segments.Events.Length, bridges, segments.Bridge.Length, expected.Count % layout.SegmentLines,
            claims, options.IdempotencyKeys, retries, options.RetryKeys, (long)options.RetryKeyLifetime.TotalMilliseconds,
            chains, replaced.Count, bridge % layout.SegmentLines, layout.SegmentLines,
            resealed.Count, options.Time.GetUtcNow().ToUnixTimeMilliseconds(),
        ];
        head.CopyTo(Values, 0);
        FillLines(entries, chains);
        var at = FixedValues + entries.Count + chains + bridges;
        FillClaims(expected.Count, entries, at, retries: false);
        FillClaims(expected.Count, entries, at + 3 * claims, retries: true);
        FillReplacements(replaced, at + 3 * (claims + retries));
        FillSegments(resealed, at + 3 * (claims + retries) + 2 * replaced.Count);
    }

    /// <summary>Lines of the bridge stream that the append builds on.</summary>
    public long Bridge { get; }

    /// <summary>The head of the log afterwards.</summary>
    public RedisEnd After { get; }

    public ReadOnlyMemory<byte> LastEvent { get; }

    public RedisKey[] Keys { get; }

    public RedisValue[] Values { get; }

    private RedisKey[] Segments(LogStream stream, long position, int lines)
    {
        if (lines == 0)
            return [];
        var first = position / _layout.SegmentLines;
        var keys = new RedisKey[(position + lines - 1) / _layout.SegmentLines - first + 1];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = _layout.Segment(stream, first + i);
        return keys;
    }

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
            Values[at++] = line.Position % _layout.SegmentLines;
            Values[at++] = Bytes(line.Line);
        }
    }

    private void FillSegments(IReadOnlyList<ResealedSegment> segments, int at)
    {
        foreach (var segment in segments)
        {
            Values[at++] = segment.Index * RedisLayout.HashBytes;
            Values[at++] = segment.Old.Hash;
            Values[at++] = segment.New.Hash;
            Values[at++] = segment.Old.Short;
            Values[at++] = segment.New.Short;
        }
    }

    /// <summary>Lines are mostly whole arrays, and then need no copy.</summary>
    internal static byte[] Bytes(ReadOnlyMemory<byte> line) =>
        MemoryMarshal.TryGetArray(line, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : line.ToArray();
}

/// <summary>A segment in the archive in which lines give way: the new object is there, and the append names it.</summary>
/// <param name="Old">The object that is named now.</param>
/// <param name="New">The one that takes its place.</param>
internal sealed record ResealedSegment(SegmentName Old, SegmentName New)
{
    /// <summary>The segment's place in the stream of events.</summary>
    public long Index => Old.Index;
}
