using Granary.Vault.Redis.Archive;
using Granary.Vault.Storage;
using StackExchange.Redis;

namespace Granary.Vault.Redis;

/// <summary>
/// Moves full segments of a vault to its archive: written, read back and compared, and then the list is deleted in the step that records the hash. Any number may
/// do it at once, and die at any moment: each step compares what it builds on, and an object that no segment names is known as loose.
/// </summary>
public sealed class RedisVaultSealer
{
    private const int PageBytes = 1024 * 1024;

    private static readonly LogStream[] Streams = Enum.GetValues<LogStream>();
    private static readonly RedisValue[] HeadFields = ["birth", "replaced", "format", "count", "bridge"];

    private readonly RedisVaultOptions _options;
    private readonly RedisLayout _layout;
    private readonly RedisCalls _calls;

    /// <summary>Names the place; nothing is sent before the first call.</summary>
    /// <param name="options">The vault's place, with its archive.</param>
    public RedisVaultSealer(RedisVaultOptions options)
    {
        _options = options;
        _layout = new RedisLayout(options.Link.Prefix, options.Name, options.SegmentLines);
        _calls = new RedisCalls(options.Link, options.Time, options.RetryBudget, options.CommandTimeout);
    }

    private IDatabase Database => _options.Link.Database;

    /// <summary>Looks what there is to do; one command tells of a short vault that there is nothing.</summary>
    /// <exception cref="VaultStorageException">The store's reasons.</exception>
    public async Task<SealableSegments> LookAsync(CancellationToken cancellation)
    {
        if (await HeadAsync(cancellation) is not { } head || head.Full == default)
            return default;
        var (lengths, loose) = await _calls.RepeatAsync(
            async () =>
            {
                var lengths = Streams.Select(stream => Database.StringLengthAsync(_layout.Sealed(stream), CommandFlags.DemandMaster)).ToList();
                var loose = Database.SortedSetLengthAsync(_layout.Loose, flags: CommandFlags.DemandMaster);
                return (await Task.WhenAll(lengths), await loose);
            },
            cancellation);
        var isDone = Streams.Zip(lengths).All(stream => stream.Second / RedisLayout.HashBytes >= head.Full.Of(stream.First));
        return new SealableSegments(isDone ? default : head.Full, loose > 0);
    }

    /// <summary>Seals what is full of each stream, up to a limit.</summary>
    /// <param name="limit">How many segments of each stream may be in the archive afterwards.</param>
    /// <param name="cancellation">Ends it between two segments, or in one; nothing is half done.</param>
    /// <returns>How many were sealed.</returns>
    /// <exception cref="VaultStorageException">The store's reasons, or the archive's; what was sealed before stays so.</exception>
    public async Task<int> SealAsync(FullSegments limit, CancellationToken cancellation)
    {
        if (await HeadAsync(cancellation) is not { } head)
            return 0;
        var upTo = head.Full.AtMost(limit);
        var done = await Task.WhenAll(Streams.Select(stream => SealAsync(stream, upTo.Of(stream), cancellation)));
        return done.Sum();
    }

    /// <summary>Deletes objects that no segment has named for so long: what lines gave way in, and what a silo wrote that stopped before it was named.</summary>
    /// <param name="kept">How long they are kept: longer than any write takes.</param>
    /// <param name="cancellation">Ends it between two objects.</param>
    /// <returns>How many were deleted.</returns>
    /// <exception cref="VaultStorageException">The store's reasons, or the archive's: it must keep an object, for example.</exception>
    public async Task<int> SweepAsync(TimeSpan kept, CancellationToken cancellation)
    {
        var before = (_options.Time.GetUtcNow() - kept).ToUnixTimeMilliseconds();
        var names = await _calls.RepeatAsync(
            () => Database.SortedSetRangeByScoreAsync(_layout.Loose, double.NegativeInfinity, before, flags: CommandFlags.DemandMaster), cancellation);
        if (names.Length == 0 || await HeadAsync(cancellation) is not { } head)
            return 0;
        var deleted = 0;
        foreach (var name in names)
        {
            if (head.Lines.Parse((string)name!) is not { } loose || RedisLayout.StreamOf(loose.Stream) is not { } stream)
                continue;
            var condemned = await _calls.RepeatAsync(
                async () => (long)await Database.ScriptEvaluateAsync(
                    RedisScripts.Condemn, [_layout.Loose, _layout.Sealed(stream)], [name, RedisLines.Place(loose.Index), loose.Hash, before], CommandFlags.DemandMaster),
                cancellation);
            if (condemned == 0)
                continue;
            await head.Lines.Archive.DeleteAsync(loose, cancellation);
            await _calls.RepeatAsync(() => Database.SortedSetRemoveAsync(_layout.Loose, name, CommandFlags.DemandMaster), cancellation);
            deleted++;
        }
        return deleted;
    }

    private async Task<int> SealAsync(LogStream stream, long upTo, CancellationToken cancellation)
    {
        if (upTo == 0)
            return 0;
        var sealedBytes = await _calls.RepeatAsync(() => Database.StringLengthAsync(_layout.Sealed(stream), CommandFlags.DemandMaster), cancellation);
        var done = 0;
        for (var index = sealedBytes / RedisLayout.HashBytes; index < upTo; index++)
        {
            // Its head is read before its lines: a line that gives way in between shows.
            if (await HeadAsync(cancellation) is not { } head || !await SealAsync(head, stream, index, cancellation))
                break;
            done++;
        }
        return done;
    }

    /// <returns>False where it is not as it was read: somebody else was faster, or a line gave way. The next round sees.</returns>
    private async Task<bool> SealAsync(SealableHead head, LogStream stream, long index, CancellationToken cancellation)
    {
        if (await ReadAsync(stream, index, cancellation) is not { } content)
            return false;
        var name = await head.Lines.StoreAsync(stream, index, content, cancellation);
        RedisKey[] keys = [_layout.Head, _layout.Segment(stream, index), _layout.Sealed(stream), _layout.Loose];
        RedisValue[] values = [head.Birth, RedisLines.Place(index), head.Replaced, _layout.SegmentLines, name.Hash, name.Short, RedisLayout.SealedVersion];
        var answer = await _calls.RepeatAsync(
            async () => (string?)await Database.ScriptEvaluateAsync(RedisScripts.Seal, keys, values, CommandFlags.DemandMaster), cancellation, writes: true);
        return answer == "sealed";
    }

    /// <summary>The lines of a full segment in Redis; null where it is not there whole.</summary>
    private async Task<SegmentContent?> ReadAsync(LogStream stream, long index, CancellationToken cancellation)
    {
        RedisKey[] keys = [_layout.Segment(stream, index), _layout.Sealed(stream)];
        var lines = new List<ReadOnlyMemory<byte>>(_layout.SegmentLines);
        while (lines.Count < _layout.SegmentLines)
        {
            RedisValue[] values = [lines.Count, _layout.SegmentLines - lines.Count, PageBytes, RedisLines.Place(index)];
            var page = await _calls.RepeatAsync(
                () => Database.ScriptEvaluateAsync(RedisScripts.Read, keys, values, CommandFlags.DemandMaster), cancellation);
            if (page.Resp2Type == ResultType.BulkString || (byte[][]?)page is not { Length: > 0 } found)
                return null;
            lines.AddRange(found.Select(line => (ReadOnlyMemory<byte>)line));
        }
        return SegmentContent.Of(lines);
    }

    private async Task<SealableHead?> HeadAsync(CancellationToken cancellation)
    {
        var fields = await _calls.RepeatAsync(() => Database.HashGetAsync(_layout.Head, HeadFields, CommandFlags.DemandMaster), cancellation);
        if (fields[0].IsNull || _options.Formats.FirstOrDefault(format => fields[2] == format.Name) is not { } format)
            return null;
        var events = Full((long)fields[3]);
        return new SealableHead(
            (string)fields[0]!, fields[1].IsNull ? "0" : (string)fields[1]!, new FullSegments(events, format.HasChain ? events : 0, Full((long)fields[4])),
            new RedisLines(_options, _layout, _calls, (string)fields[0]!));
    }

    private long Full(long lines) => Math.Max(0, (lines - 1) / _layout.SegmentLines);

    private sealed record SealableHead(string Birth, string Replaced, FullSegments Full, RedisLines Lines);
}

/// <summary>What there is to do for a vault's archive.</summary>
/// <param name="Full">How many segments are full; none where all of them are in the archive.</param>
/// <param name="HasLoose">Whether there are objects that no segment names.</param>
public readonly record struct SealableSegments(FullSegments Full, bool HasLoose);

/// <summary>
/// How many segments of each stream of a vault are full: behind each of them is another line, so that the last line of a stream is always in Redis.
/// </summary>
/// <param name="Events">Of the events.</param>
/// <param name="Chain">Of the chain.</param>
/// <param name="Bridge">Of the bridge stream.</param>
public readonly record struct FullSegments(long Events, long Chain, long Bridge)
{
    /// <summary>Without end.</summary>
    public static FullSegments All { get; } = new(long.MaxValue, long.MaxValue, long.MaxValue);

    /// <summary>The smaller of each.</summary>
    public FullSegments AtMost(FullSegments other) =>
        new(Math.Min(Events, other.Events), Math.Min(Chain, other.Chain), Math.Min(Bridge, other.Bridge));

    /// <summary>One of them.</summary>
    public long Of(LogStream stream) => stream switch
    {
        LogStream.Events => Events,
        LogStream.Chain => Chain,
        _ => Bridge,
    };
}
