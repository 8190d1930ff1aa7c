using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Vault.Psmc;

/// <summary>
/// Verifies a PSMC vault, stricter than the reference: every line canonical, every hash recomputed, every signature by a key the vault
/// holds, keys changed only by a rotation event, both files of one length, and what the store knows of the acknowledged head.
/// Reads in pages and checks signatures on all cores, so memory does not grow with the vault.
/// </summary>
public sealed class PsmcVerifier(IVaultReader reader, int maxFindings = 100)
{
    private const int PageLines = 512;
    private const int PageBytes = 1024 * 1024;

    private readonly PsmcFindings _findings = new(maxFindings);
    private string? _previousHash = LogHead.ZeroHash;
    private string? _previousKey;

    /// <summary>Verifies the vault.</summary>
    /// <param name="count">How many events are committed; null to take what the files hold and report when they differ.</param>
    /// <param name="progress">Told how many events have been checked.</param>
    /// <param name="cancellation">Ends it early.</param>
    public async Task<PsmcReport> RunAsync(long? count, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var keys = await PsmcKeyRing.LoadAsync(reader, cancellation);
        foreach (var (rule, reason) in keys.Problems)
            _findings.Add(null, rule, reason);
        foreach (var finding in reader.Findings)
            _findings.Add(finding.Position, finding.Rule, finding.Reason);
        var total = count ?? CommonCount();
        await CheckEntriesAsync(keys, total, progress, cancellation);
        if (_previousKey is not null && keys.ActiveId is not null && _previousKey != keys.ActiveId)
            _findings.Add(total - 1, "key.active", $"The last event is signed by {_previousKey}; the active key is {keys.ActiveId}.");
        await new BridgeVerifier(reader, keys, _findings).RunAsync(cancellation);
        return new PsmcReport(total, _previousHash ?? LogHead.ZeroHash, _findings.Kept, _findings.Count);
    }

    private long CommonCount()
    {
        var (events, chain) = (reader.Count(LogStream.Events), reader.Count(LogStream.Chain));
        if (events != chain)
            _findings.Add(Math.Min(events, chain), "log.count", $"events.ndjson has {events} lines and chain.ndjson {chain}.");
        return Math.Min(events, chain);
    }

    private async Task CheckEntriesAsync(PsmcKeyRing keys, long total, IProgress<long>? progress, CancellationToken cancellation)
    {
        var underWay = new Queue<Task<CheckedEntry[]>>();
        long read = 0;
        long done = 0;
        while (read < total || underWay.Count > 0)
        {
            while (read < total && underWay.Count <= Environment.ProcessorCount)
            {
                var (first, events, chain) = await ReadAsync(read, total, cancellation);
                if (events.Count == 0)
                {
                    _findings.Add(read, "log.truncated", $"The log ends at position {read}; {total} events are committed.");
                    total = read;
                    break;
                }
                read += events.Count;
                underWay.Enqueue(Task.Run(() => Check(first, events, chain, keys), cancellation));
            }
            if (!underWay.TryDequeue(out var next))
                continue;
            foreach (var entry in await next)
                Link(done++, entry);
            progress?.Report(done);
        }
    }

    private async Task<(long First, IReadOnlyList<ReadOnlyMemory<byte>> Events, IReadOnlyList<ReadOnlyMemory<byte>> Chain)> ReadAsync(
        long from, long total, CancellationToken cancellation)
    {
        var lines = (int)Math.Min(PageLines, total - from);
        var events = await reader.ReadAsync(LogStream.Events, from, lines, PageBytes, cancellation);
        var chain = await reader.ReadAsync(LogStream.Chain, from, events.Lines.Count, int.MaxValue, cancellation);
        var common = Math.Min(events.Lines.Count, chain.Lines.Count);
        return (from, [.. events.Lines.Take(common)], [.. chain.Lines.Take(common)]);
    }

    private static CheckedEntry[] Check(
        long first, IReadOnlyList<ReadOnlyMemory<byte>> events, IReadOnlyList<ReadOnlyMemory<byte>> chain, PsmcKeyRing keys)
    {
        using var scratch = new PooledBuffer(4096);
        var results = new CheckedEntry[events.Count];
        for (var i = 0; i < results.Length; i++)
            results[i] = PsmcEntryChecks.Check(first + i, events[i].Span, chain[i].Span, keys, scratch);
        return results;
    }

    private void Link(long position, CheckedEntry entry)
    {
        foreach (var (rule, reason) in entry.Problems)
            _findings.Add(position, rule, reason);
        if (_previousHash is not null && entry.Event is not null && entry.Event.PreviousHash != _previousHash)
            _findings.Add(position, "event.prev_hash", "The event does not link to the one before it.");
        if (_previousHash is not null && entry.Chain is not null && entry.Chain.PreviousHash != _previousHash)
            _findings.Add(position, "chain.prev_hash", "The chain line does not link to the one before it.");
        var key = entry.Chain?.KeyId;
        if (_previousKey is not null && key is not null && key != _previousKey && entry.Event?.Rotation != (_previousKey, key))
            _findings.Add(position, "key.rotation", $"The key changes to {key} without a rotation event that names both keys.");
        _previousHash = entry.Event?.Hash ?? entry.Chain?.Hash;
        _previousKey = key ?? _previousKey;
    }
}
