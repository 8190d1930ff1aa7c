using Granary.Vault.Storage.Files.Commits;
using Granary.Vault.Storage.Files.State;

namespace Granary.Vault.Storage.Files;

/// <summary>Appending through the commit log that all vaults of a data folder share: the files are written, the log is flushed.</summary>
internal sealed partial class FileVaultLog : ICommitted
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CommitLog? _commits;
    private string _birth;
    private (string Folder, string State)? _relative;

    /// <summary>Makes the vault's own files durable; a closed vault has done so itself.</summary>
    public bool FlushFiles()
    {
        try
        {
            lock (_closeLock)
            {
                if (!_closed)
                    FlushAll();
            }
            return !_lostFlush;
        }
        catch (Exception)
        {
            // The commit log keeps its copy then, whatever the reason is.
            _lostFlush = true;
            return false;
        }
    }

    private async Task<AppendOutcome> AppendThroughAsync(CommitLog commits, LogHead expected, IReadOnlyList<LogEntry> entries)
    {
        await _turn.WaitAsync();
        try
        {
            using var lines = new BatchLines(entries, Format.HasChain);
            List<JournalRecord> journaled;
            byte[] record;
            lock (_lock)
            {
                if (Refuse(expected, entries) is { } refused)
                    return refused;
                journaled = Announce(entries, lines, out var encoded, durable: false);
                record = Record(commits, entries, lines, encoded);
                Write(lines);
            }
            await AppendAsync(commits, record);
            lock (_lock)
            {
                Commit(entries, lines, journaled);
                return new AppendOutcome.Appended(_head);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task AppendAsync(CommitLog commits, byte[] record)
    {
        try
        {
            await commits.AppendAsync(this, record);
        }
        catch (VaultStorageException failure)
        {
            lock (_lock)
            {
                _outcomeUnknown |= failure.Failure == VaultStorageFailure.OutcomeUnknown | !TryRestore();
            }
            throw;
        }
    }

    private byte[] Record(CommitLog commits, IReadOnlyList<LogEntry> entries, BatchLines lines, byte[] journal)
    {
        var end = new AcknowledgedEnd(new LogHead(_head.Count + entries.Count, entries[^1].Hash), (_bridge?.Length ?? 0) + lines.Bridge.Length);
        var sections = new List<CommitSection>(3) { new(CommitFile.Events, _events.Length, lines.Events.WrittenMemory) };
        if (lines.Bridge.Length > 0)
            sections.Add(new CommitSection(CommitFile.Bridge, _bridge!.Length, lines.Bridge.WrittenMemory));
        if (_chain is not null)
            sections.Add(new CommitSection(CommitFile.Chain, _chain.Length, lines.Chain.WrittenMemory));
        _relative ??= (Path.GetRelativePath(commits.Root, _options.Folder), Path.GetRelativePath(commits.Root, _options.StateFolder));
        return new CommitRecord(_relative.Value.Folder, _relative.Value.State, _birth, end, sections, journal).Encode();
    }

    private void FlushAll()
    {
        _events.Flush();
        _chain?.Flush();
        _bridge?.Flush();
        _journal.Flush();
        _anchor.Flush();
    }

    private string InUsePath => Path.Combine(_options.StateFolder, "in-use");

    /// <summary>
    /// True when the last opener did not close the vault: then what follows the acknowledged end was never acknowledged, nor is its key or
    /// its bridge line known, and it must go. Appends of other programs to a closed vault stay.
    /// </summary>
    private bool MarkInUse()
    {
        if (_commits is null)
            return false;
        if (_files.FileExists(InUsePath))
            return true;
        _files.Open(InUsePath, create: true).Dispose();
        _files.FlushFolder(_options.StateFolder);
        return false;
    }

    private void UnmarkInUse()
    {
        if (_commits is null || _outcomeUnknown || _lostFlush)
            return;
        try
        {
            _files.DeleteFile(InUsePath);
        }
        catch (Exception)
        {
            // A mark too many makes the next opening more careful than it had to be.
        }
    }
}
