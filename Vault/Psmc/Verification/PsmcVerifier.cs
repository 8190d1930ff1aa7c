using Granary.Vault.Canonical;
using Granary.Vault.Psmc.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Psmc.Verification;

/// <summary>
/// Verifies a PSMC vault, stricter than the reference: every line canonical, every hash recomputed, every signature by a key the vault
/// holds, keys changed only by a rotation event that the old key endorses, both files of one length, and what the store knows of the acknowledged head.
/// Reads in pages and checks signatures on all cores, so memory does not grow with the vault.
/// </summary>
public sealed class PsmcVerifier
{
    private readonly IVaultReader _reader;
    private readonly IPsmcFindings _findings;
    private readonly PsmcFindings? _kept;
    private readonly Action<long, CheckedEntry>? _observe;
    private string? _previousHash = LogHead.ZeroHash;
    private string? _previousKey;

    /// <summary>Prepares a verification that lists so many findings and counts all.</summary>
    public PsmcVerifier(IVaultReader reader, int maxFindings = 100)
    {
        _reader = reader;
        _findings = _kept = new PsmcFindings(maxFindings);
    }

    /// <summary>Prepares a verification whose findings go elsewhere and whose entries are observed, in order.</summary>
    internal PsmcVerifier(IVaultReader reader, IPsmcFindings findings, Action<long, CheckedEntry> observe) =>
        (_reader, _findings, _observe) = (reader, findings, observe);

    /// <summary>Verifies the vault.</summary>
    /// <param name="count">How many events are committed; null to take what the files hold and report when they differ.</param>
    /// <param name="progress">Told how many events have been checked.</param>
    /// <param name="cancellation">Ends it early.</param>
    public async Task<PsmcReport> RunAsync(long? count, IProgress<long>? progress, CancellationToken cancellation)
    {
        var keys = await PsmcKeyRing.LoadAsync(_reader, cancellation);
        var head = await CheckAsync(keys, count, progress, cancellation);
        return new PsmcReport(head.Count, head.Hash, _kept?.Kept ?? [], _kept?.Count ?? 0);
    }

    /// <summary>As <see cref="RunAsync"/>, with keys that are loaded already.</summary>
    internal async Task<LogHead> CheckAsync(PsmcKeyRing keys, long? count, IProgress<long>? progress, CancellationToken cancellation)
    {
        foreach (var (rule, reason) in keys.Problems)
            _findings.Add(null, null, rule, reason);
        foreach (var finding in _reader.Findings)
            _findings.Add(finding.Position, null, finding.Rule, finding.Reason);
        var total = await CheckEntriesAsync(keys, count ?? CommonCount(), progress, cancellation);
        if (_previousKey is not null && keys.ActiveId is not null && _previousKey != keys.ActiveId)
            _findings.Add(total - 1, null, "key.active", $"The last event is signed by {_previousKey}; the active key is {keys.ActiveId}.");
        await new BridgeVerifier(_reader, keys, _findings).RunAsync(cancellation);
        return new LogHead(total, _previousHash ?? LogHead.ZeroHash);
    }

    private long CommonCount()
    {
        var (events, chain) = (_reader.Count(LogStream.Events), _reader.Count(LogStream.Chain));
        if (events != chain)
            _findings.Add(Math.Min(events, chain), null, "log.count", $"events.ndjson has {events} lines and chain.ndjson {chain}.");
        return Math.Min(events, chain);
    }

    private async Task<long> CheckEntriesAsync(PsmcKeyRing keys, long total, IProgress<long>? progress, CancellationToken cancellation)
    {
        long done = 0;
        await foreach (var entries in EntryPipeline.RunAsync(_reader, 0, total, page => Check(page, keys), cancellation))
        {
            foreach (var entry in entries)
                Link(done++, entry);
            progress?.Report(done);
        }
        if (done < total)
            _findings.Add(done, null, "log.truncated", $"The log ends at position {done}; {total} events are committed.");
        return done;
    }

    private static CheckedEntry[] Check(EntryPage page, PsmcKeyRing keys)
    {
        using var scratch = new PooledBuffer(4096);
        var results = new CheckedEntry[page.Count];
        for (var i = 0; i < results.Length; i++)
            results[i] = PsmcEntryChecks.Check(page.Position + i, page.EventAt(i), page.ChainAt(i), keys, scratch);
        return results;
    }

    private void Link(long position, CheckedEntry entry)
    {
        foreach (var (rule, reason) in entry.Problems)
            Add(rule, reason);
        if (_previousHash is not null && entry.Event is not null && entry.Event.PreviousHash != _previousHash)
            Add("event.prev_hash", "The event does not link to the one before it.");
        if (_previousHash is not null && entry.Chain is not null && entry.Chain.PreviousHash != _previousHash)
            Add("chain.prev_hash", "The chain line does not link to the one before it.");
        var key = entry.Chain?.KeyId;
        if (_previousKey is not null && key is not null && key != _previousKey && entry.Event?.Rotation != (_previousKey, key))
            Add("key.rotation", $"The key changes to {key} without a rotation event that names both keys.");
        _previousHash = entry.Event?.Hash ?? entry.Chain?.Hash;
        _previousKey = key ?? _previousKey;
        _observe?.Invoke(position, entry);

        void Add(string rule, string reason) => _findings.Add(position, entry.Event?.Id, rule, reason);
    }
}
