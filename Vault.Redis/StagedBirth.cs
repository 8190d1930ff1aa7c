using Granary.Vault.Storage;
using StackExchange.Redis;

namespace Granary.Vault.Redis;

/// <summary>
/// The log of a vault whose birth is longer than one command should be. Its segments are written aside, a part at a time, under keys that expire; the
/// birth's one step renames them. So the vault is there whole or not at all, and what a birth that broke off leaves goes by itself.
/// </summary>
internal sealed class StagedBirth
{
    private const int PartBytes = 1024 * 1024;

    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    private readonly string _mark;
    private readonly RedisLayout _layout;
    private readonly List<(LogStream Stream, long Index, IReadOnlyList<ReadOnlyMemory<byte>> Lines)> _segments = [];

    public StagedBirth(RedisLayout layout, VaultBirth birth, string mark)
    {
        (_layout, _mark) = (layout, mark);
        Add(LogStream.Events, birth.Entries, entry => entry.Event);
        if (birth.Format.HasChain)
            Add(LogStream.Chain, birth.Entries, entry => entry.Chain);
    }

    /// <summary>Pairs of a staged segment and what it becomes.</summary>
    public IEnumerable<RedisKey> Keys => _segments.SelectMany(
        segment => (RedisKey[])[_layout.Staged(_mark, segment.Stream, segment.Index), _layout.Segment(segment.Stream, segment.Index)]);

    /// <summary>How many lines each has.</summary>
    public IEnumerable<RedisValue> Lengths => _segments.Select(segment => (RedisValue)segment.Lines.Count);

    /// <summary>Writes the segments aside.</summary>
    public async Task WriteAsync(IDatabase database, RedisCalls calls, CancellationToken cancellation)
    {
        foreach (var (stream, index, lines) in _segments)
        {
            for (var from = 0; from < lines.Count;)
            {
                var part = Part(lines, from);
                var (key, before) = (_layout.Staged(_mark, stream, index), from);
                var length = await calls.RepeatAsync(
                    async () => (long)await database.ScriptEvaluateAsync(
                        RedisScripts.Stage, [key], [before, (long)Kept.TotalMilliseconds, .. part], CommandFlags.DemandMaster),
                    cancellation);
                if (length != from + part.Count)
                    throw Lost();
                from += part.Count;
            }
        }
    }

    /// <summary>Removes what a birth that came to nothing wrote.</summary>
    public Task RemoveAsync(IDatabase database) =>
        database.KeyDeleteAsync([.. _segments.Select(segment => _layout.Staged(_mark, segment.Stream, segment.Index))], CommandFlags.DemandMaster);

    public static VaultStorageException Lost() =>
        new(VaultStorageFailure.Refused, "Redis lost a part of the vault while it was written, as it does when it is full; nothing was made.");

    private static List<RedisValue> Part(IReadOnlyList<ReadOnlyMemory<byte>> lines, int from)
    {
        var (part, bytes) = (new List<RedisValue>(), 0);
        for (var i = from; i < lines.Count && (part.Count == 0 || bytes + lines[i].Length <= PartBytes); i++)
        {
            part.Add(AppendScript.Bytes(lines[i]));
            bytes += lines[i].Length;
        }
        return part;
    }

    private void Add(LogStream stream, IReadOnlyList<LogEntry> entries, Func<LogEntry, ReadOnlyMemory<byte>> line)
    {
        for (var from = 0; from < entries.Count; from += _layout.SegmentLines)
        {
            var count = Math.Min(_layout.SegmentLines, entries.Count - from);
            _segments.Add((stream, from / _layout.SegmentLines, [.. entries.Skip(from).Take(count).Select(line)]));
        }
    }
}
