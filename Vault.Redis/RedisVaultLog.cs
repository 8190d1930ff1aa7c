using Granary.Vault.Storage;
using StackExchange.Redis;

namespace Granary.Vault.Redis;

/// <summary>
/// An open vault in Redis. Nothing is held there: any number may be open, and closing gives nothing back. Here is what is known of its end;
/// reading and appending are in other parts of this class.
/// </summary>
internal sealed partial class RedisVaultLog(
    RedisVaultOptions options, VaultFormat format, RedisLayout layout, RedisCalls calls, string birth, RedisEnd end) : IVaultLog
{
    private const int MaxFindings = 16;
    private static readonly RedisValue[] EndFields = ["count", "hash", "bridge"];
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly RedisLines _lines = new(options, layout, calls, birth);
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile RedisEnd _end = end;
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<StorageFinding> _findings = [];
    private bool _damaged;
    private bool _outcomeUnknown;
    private volatile bool _closed;

    public LogHead Head => _end.Head;

    public VaultFormat Format => format;

    public IReadOnlyList<StorageFinding> Repairs => [];

    public IReadOnlyList<StorageFinding> Findings => _findings;

    private IDatabase Database => options.Link.Database;

    public async Task<LogHead> RefreshAsync(CancellationToken cancellation)
    {
        ThrowIfClosed();
        while (true)
        {
            var before = _end;
            var found = await calls.RepeatAsync(() => Database.HashGetAsync(layout.Head, EndFields, CommandFlags.DemandMaster), cancellation);
            if (found[0].IsNull)
                throw new VaultStorageException(VaultStorageFailure.NotFound, "The vault is no longer there.");
            if (Observe(RedisVaultStore.Parse(found), before))
                return Head;
        }
    }

    public async Task WaitBeyondAsync(long count, CancellationToken cancellation)
    {
        var pause = FirstPause;
        while (true)
        {
            var changed = _changed.Task;
            if (Head.Count > count || (await RefreshAsync(cancellation)).Count > count)
                return;
            await Task.WhenAny(changed, Task.Delay(pause, options.Time, cancellation));
            cancellation.ThrowIfCancellationRequested();
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Whether the segments hold what the head says; segments may be ahead of a head that was read before.</summary>
    public async Task CheckSegmentsAsync(CancellationToken cancellation)
    {
        var (head, bridge) = _end;
        foreach (var (stream, count) in
            ((LogStream, long)[])[(LogStream.Events, head.Count), (LogStream.Chain, Count(LogStream.Chain)), (LogStream.Bridge, bridge)])
        {
            if (count == 0)
                continue;
            var key = layout.SegmentOf(stream, count - 1);
            var found = await calls.RepeatAsync(() => Database.ListLengthAsync(key, CommandFlags.DemandMaster), cancellation);
            var missing = (count - 1) % layout.SegmentLines + 1 - found;
            // An end that was read before others appended may be in the archive by now.
            if (missing <= 0 || (found == 0 && options.Archive is not null && await _lines.SealedAsync(stream, count - 1, cancellation) is not null))
                continue;
            _damaged = true;
            Report(new StorageFinding(
                "log.segment", count - missing,
                $"{missing} lines of the stream {stream.ToString().ToLowerInvariant()} are missing at its end: somebody else changed the store, or it evicted keys."));
        }
    }

    public ValueTask DisposeAsync()
    {
        _closed = true;
        return default;
    }

    /// <summary>
    /// Takes what the store says of its end. False when the answer is older than what is known by now, and says nothing: answers may
    /// overtake each other.
    /// </summary>
    /// <param name="found">The store's word.</param>
    /// <param name="before">What was known before the question was sent.</param>
    private bool Observe(RedisEnd found, RedisEnd before)
    {
        StorageFinding? lost = null;
        lock (_lock)
        {
            var known = _end.Head;
            if (found.Head == known)
                return true;
            if (found.Head.Count <= known.Count)
            {
                if (!ReferenceEquals(_end, before))
                    return false;
                lost = new StorageFinding(
                    "store.lost", found.Head.Count,
                    $"The store had acknowledged {known.Count} events and holds {found.Head.Count} now: it lost the last ones, as a fail-over or restart without appendfsync always can. The log goes on from there.");
            }
            _end = found;
        }
        Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        if (lost is not null)
            Report(lost);
        return true;
    }

    private void Report(StorageFinding finding)
    {
        lock (_lock)
            _findings = [.. _findings.TakeLast(MaxFindings - 1), finding];
        options.Found?.Invoke(finding);
    }

    private void ThrowIfClosed()
    {
        if (_closed)
            throw new VaultStorageException(VaultStorageFailure.Refused, "The vault has been closed; open it again.");
    }
}
