using Granary.Vault.Storage.FileSystem;
using Granary.Vault.Storage.Files.State;

namespace Granary.Vault.Storage.Files;

internal sealed partial class FileVaultLog
{
    public Task<AppendOutcome> AppendAsync(LogHead expected, IReadOnlyList<LogEntry> entries, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfZero(entries.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entries.Count, TailRepair.MaxBatch);
        if (entries.Any(entry => entry.Replaces is not null))
            return RewriteAsync(expected, entries);
        return _commits is null
            ? IoThreads.Writers.RunAsync(() =>
            {
                lock (_lock)
                    return Append(expected, entries);
            })
            : AppendThroughAsync(_commits, expected, entries);
    }

    private AppendOutcome Append(LogHead expected, IReadOnlyList<LogEntry> entries)
    {
        if (Refuse(expected, entries) is { } refused)
            return refused;
        using var lines = new BatchLines(entries, Format.HasChain);
        var journaled = Announce(entries, lines, out _, durable: true);
        Write(lines);
        Flush(lines);
        Commit(entries, lines, journaled);
        return new AppendOutcome.Appended(_head);
    }

    /// <summary>What stands against the append; null when nothing does.</summary>
    private AppendOutcome? Refuse(LogHead expected, IReadOnlyList<LogEntry> entries)
    {
        ThrowIfClosed();
        ThrowIfReadOnly();
        if (_outcomeUnknown)
            throw new VaultStorageException(VaultStorageFailure.OutcomeUnknown, "An earlier append failed half-way; the vault must be opened again.");
        if (_findings.Count > 0)
            throw new VaultStorageException(VaultStorageFailure.Damaged, $"The vault takes no events: {_findings[0].Reason}");
        if (expected != _head)
            return new AppendOutcome.Conflict(_head);
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Claim is { } claim && _keys.Find(claim.Key, IsInLog) is { } taken)
                return new AppendOutcome.KeyTaken(i, taken);
        }
        return null;
    }

    /// <summary>Keys and bridge lines are durable before the entries they speak of; they take effect with the entry.</summary>
    private List<JournalRecord> Announce(IReadOnlyList<LogEntry> entries, BatchLines lines, out byte[] encoded, bool durable)
    {
        var records = new List<JournalRecord>();
        encoded = [];
        try
        {
            var offset = lines.Bridge.Length > 0 ? OpenBridge().Length : 0;
            for (var i = 0; i < entries.Count; i++)
            {
                var bridge = entries[i].Bridge;
                if (entries[i].Claim is null && bridge.IsEmpty)
                    continue;
                byte[] line = bridge.IsEmpty ? [] : [.. bridge.Span, (byte)'\n'];
                records.Add(new JournalRecord(_head.Count + i, entries[i].Hash, entries[i].Claim, bridge.IsEmpty ? -1 : offset, line));
                offset += line.Length;
            }
            if (records.Count == 0)
                return records;
            if (_journal.Count > 2 * _keys.Capacity + 64)
                _journal.Replace([.. _keys.All().Select(kept => new JournalRecord(kept.Position, kept.Hash, kept.Claim, -1, []))]);
            encoded = AppendJournal.Encode(records);
            _journal.AppendEncoded(encoded, records.Count, durable);
            return records;
        }
        catch (Exception failure) when (StorageFailures.IsIo(failure))
        {
            throw StorageFailures.Refused(failure);
        }
    }

    private void Write(BatchLines lines)
    {
        try
        {
            _events.Write(lines.Events.Written);
            if (lines.Bridge.Length > 0)
                OpenBridge().Write(lines.Bridge.Written);
            _chain?.Write(lines.Chain.Written);
        }
        catch (Exception failure) when (StorageFailures.IsIo(failure))
        {
            if (!TryRestore())
            {
                _outcomeUnknown = true;
                throw StorageFailures.Unknown(failure);
            }
            throw StorageFailures.Refused(failure);
        }
    }

    private void Flush(BatchLines lines)
    {
        try
        {
            _events.Flush();
            if (lines.Bridge.Length > 0)
                _bridge!.Flush();
            _chain?.Flush();
        }
        catch (Exception failure) when (StorageFailures.IsIo(failure))
        {
            // The kernel may have dropped the pages and say yes to the next fsync: nothing is believed until the files are read again.
            _outcomeUnknown = true;
            TryRestore();
            throw StorageFailures.Unknown(failure);
        }
    }

    private void Commit(IReadOnlyList<LogEntry> entries, BatchLines lines, List<JournalRecord> journaled)
    {
        _events.Commit(lines.EventLengths);
        if (lines.BridgeLengths.Count > 0)
            _bridge!.Commit(lines.BridgeLengths);
        _chain?.Commit(lines.ChainLengths);
        Keep(journaled);
        var head = new LogHead(_head.Count + entries.Count, entries[^1].Hash);
        try
        {
            _anchor.Write(new AcknowledgedEnd(head, _bridge?.Length ?? 0));
        }
        catch (Exception failure) when (StorageFailures.IsIo(failure))
        {
            // The events are durable; an anchor that lags protects less and does no harm.
        }
        Publish(head);
    }

    private void Keep(List<JournalRecord> journaled)
    {
        foreach (var record in journaled)
        {
            if (record.Claim is not null)
                _keys.Add(new IdempotencyRecord(record.Claim, record.Position, record.Hash), confirmed: true);
        }
    }

    private bool TryRestore()
    {
        try
        {
            _chain?.Restore();
            _bridge?.Restore();
            _events.Restore();
            return true;
        }
        catch (Exception failure) when (StorageFailures.IsIo(failure))
        {
            return false;
        }
    }
}
