using Granary.Vault.OutsideFiles;
using Granary.Vault.Storage.FileSystem;
using Granary.Vault.Storage.Files.State;

namespace Granary.Vault.Storage.Files;

internal sealed partial class FileVaultLog
{
    private FileVaultLog(
        FileVaultOptions options, VaultFormat format, IDisposable held, string anchorPath, string journalPath, out AcknowledgedEnd? acknowledged)
    {
        _options = options;
        Format = format;
        _files = options.Files;
        _held = held;
        _isReadOnly = options.IsReadOnly?.Invoke(options) == true;
        _commits = options.Commits?.Invoke();
        _birth = _commits is null ? "" : BirthMark.Get(_files, options.StateFolder);
        _keys = new IdempotencyTable(options.IdempotencyKeys);
        _journal = new AppendJournal(_files, journalPath);
        _events = new LineFile(OpenLines(LogFileName.Events));
        try
        {
            _chain = format.HasChain ? new LineFile(OpenLines(LogFileName.Chain)) : null;
            _anchor = HeadAnchor.Open(_files, anchorPath, out acknowledged);
        }
        catch
        {
            _events.Dispose();
            _chain?.Dispose();
            throw;
        }
    }

    /// <summary>Opens the folder under a lock that is held, and repairs what a crash left.</summary>
    public static FileVaultLog Open(FileVaultOptions options, VaultFormat format, IDisposable held, string anchorPath, string journalPath)
    {
        LogRewrite.Finish(options, anchorPath);
        var log = new FileVaultLog(options, format, held, anchorPath, journalPath, out var acknowledged);
        try
        {
            log.Recover(acknowledged);
            return log;
        }
        catch
        {
            log.Close();
            throw;
        }
    }

    private void Recover(AcknowledgedEnd? acknowledged)
    {
        var anchor = acknowledged?.Head;
        _events.Scan();
        _chain?.Scan();
        var bridgePath = DocumentName.Resolve(_options.Folder, LogFileName.Bridge);
        if (Format.HasChain && _files.FileExists(bridgePath))
        {
            _bridge = new LineFile(_options.IsPlain ? OpenPlain(bridgePath) : _files.Open(bridgePath, create: false));
            _bridge.Scan();
        }
        if (MarkInUse() && acknowledged is not null)
            ForgetUnacknowledged(acknowledged);
        var journal = _journal.Read();
        var tail = new TailRepair(_events, _chain, Format.Entries, anchor).Inspect();
        _head = tail.Head;
        if (tail.Damage is not null)
        {
            // Evidence stays as it is.
            _findings.Add(tail.Damage);
            return;
        }
        var quarantine = new Quarantine(_files, Path.Combine(_options.StateFolder, "quarantine"), _options.Time);
        Cut(_events, LogFileName.Events, _head.Count, quarantine);
        if (_chain is not null)
            Cut(_chain, LogFileName.Chain, _head.Count, quarantine);
        if (!_isReadOnly)
            RestoreBridge(journal, quarantine);
        foreach (var record in journal)
        {
            if (record.Claim is not null && record.Position < _head.Count)
                _keys.Add(new IdempotencyRecord(record.Claim, record.Position, record.Hash), confirmed: false);
        }
        if (anchor != _head || _repairs.Count > 0)
        {
            // From here on the entries count as committed, so they must be durable even if the last process never said so.
            _events.Flush();
            _chain?.Flush();
            _bridge?.Flush();
            _anchor.Write(new AcknowledgedEnd(_head, _bridge?.Length ?? 0));
        }
    }

    private void ForgetUnacknowledged(AcknowledgedEnd end)
    {
        foreach (var lines in (LineFile?[])[_events, _chain])
        {
            if (lines?.Count > end.Head.Count)
                lines.Forget(end.Head.Count);
        }
        if (_bridge is not null && _bridge.Length > end.BridgeLength)
            _bridge.ForgetFrom(end.BridgeLength);
    }

    /// <summary>Cuts off what follows the last whole entry and keeps it aside; it is never signed or completed.</summary>
    private void Cut(LineFile lines, string name, long count, Quarantine quarantine)
    {
        if (lines.Count > count)
            lines.Forget(count);
        // What is no whole line is not read; who may write will cut it off.
        if (_isReadOnly)
            return;
        CutTail(lines, name, quarantine);
    }

    private void CutTail(LineFile lines, string name, Quarantine quarantine)
    {
        var offset = lines.Length;
        var tail = lines.ReadTail(offset);
        if (tail.Length == 0)
            return;
        var kept = quarantine.Keep(Path.GetFileNameWithoutExtension(name), offset, tail);
        lines.Restore();
        lines.Flush();
        _repairs.Add(new StorageFinding(
            "log.tail", _head.Count, $"{tail.Length} bytes behind the last whole event were cut off {name} and kept as {kept} in the quarantine."));
    }

    /// <summary>Makes the bridge file agree with the log: lines of events that are not in the log go, lines that never arrived are written.</summary>
    private void RestoreBridge(IReadOnlyList<JournalRecord> journal, Quarantine quarantine)
    {
        foreach (var record in journal)
        {
            if (record.BridgeOffset < 0 || record.BridgeOffset > (_bridge?.Length ?? 0))
                continue;
            var end = record.BridgeOffset + record.Bridge.Length;
            if (!IsInLog(new IdempotencyRecord(new("", "", default), record.Position, record.Hash)))
            {
                if (_bridge is not null && StartsAt(_bridge, record.BridgeOffset, record.Bridge))
                    _bridge.ForgetFrom(record.BridgeOffset);
                continue;
            }
            if (end <= (_bridge?.Length ?? 0))
                continue;
            var bridge = OpenBridge();
            CutTail(bridge, LogFileName.Bridge, quarantine);
            bridge.Write(record.Bridge);
            bridge.Flush();
            bridge.Commit([record.Bridge.Length]);
            _repairs.Add(new StorageFinding(
                "bridge.restored", record.Position, $"The bridge event of position {record.Position} had not reached its file and was written again."));
        }
        if (_bridge is not null)
            CutTail(_bridge, LogFileName.Bridge, quarantine);
    }

    private static bool StartsAt(LineFile lines, long offset, byte[] expected) => lines.ReadTail(offset).AsSpan().StartsWith(expected);

    private LineFile OpenBridge()
    {
        if (_bridge is null)
        {
            var path = DocumentName.Resolve(_options.Folder, LogFileName.Bridge);
            _bridge = new LineFile(_files.Open(path, create: true));
            _files.FlushFolder(Path.GetDirectoryName(path)!);
        }
        return _bridge;
    }

    private IStorageFile OpenLines(string name)
    {
        var path = DocumentName.Resolve(_options.Folder, name);
        if (_files.FileExists(path))
            return _options.IsPlain ? OpenPlain(path) : _files.Open(path, create: false);
        _files.CreateFolder(Path.GetDirectoryName(path)!);
        var file = _files.Open(path, create: true);
        _files.FlushFolder(Path.GetDirectoryName(path)!);
        return file;
    }

    private IStorageFile OpenPlain(string path)
    {
        if (_isReadOnly)
            return _files.OpenRead(path);
        try
        {
            return _files.Open(path, create: false);
        }
        catch (Exception failure) when (StorageFailures.IsIo(failure) && failure is not UnusableFileException)
        {
            // A mount that is read-only, or files of another user.
            _isReadOnly = true;
            return _files.OpenRead(path);
        }
    }

    private void ThrowIfReadOnly()
    {
        if (_isReadOnly)
            throw new VaultStorageException(
                VaultStorageFailure.Refused, "The vault's folder is read-only here; mount it writable, owned by the gateway's user, to append to it.");
    }
}
