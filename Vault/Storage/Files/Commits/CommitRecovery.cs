using System.Globalization;
using Granary.Vault.Storage.FileSystem;
using Granary.Vault.Storage.Files.State;

namespace Granary.Vault.Storage.Files.Commits;

/// <summary>
/// After a crash: writes into the vaults what they had not made durable themselves. A vault that is gone, or another one by now, is left
/// alone; one whose files went another way in the meantime is not touched, and the log is kept for a person to look at.
/// </summary>
internal sealed class CommitRecovery(CommitLogOptions options, string folder, List<StorageFinding> findings)
{
    private readonly IFileSystem _files = options.Files;

    /// <summary>Recovers, and returns the number of the next segment.</summary>
    public long Run()
    {
        var segments = _files.ListFiles(folder)
            .Where(name => name.EndsWith(".log", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToList();
        var applied = true;
        foreach (var vault in segments.SelectMany(Read).GroupBy(record => (record.Folder, record.StateFolder)).ToList())
            applied &= Apply(vault.Key.Folder, vault.Key.StateFolder, [.. vault]);
        foreach (var segment in segments)
            Finish(segment, applied);
        return segments.Count == 0 ? 1 : long.Parse(segments[^1].AsSpan(0, segments[^1].Length - 4), CultureInfo.InvariantCulture) + 1;
    }

    private List<CommitRecord> Read(string name)
    {
        using var file = _files.OpenRead(Path.Combine(folder, name));
        var bytes = new byte[file.Length];
        var filled = 0;
        while (filled < bytes.Length && file.Read(bytes.AsSpan(filled), filled) is var read and > 0)
            filled += read;
        return [.. CommitRecord.DecodeAll(bytes.AsMemory(0, filled))];
    }

    private bool Apply(string vaultFolder, string stateFolder, IReadOnlyList<CommitRecord> records)
    {
        var vault = Path.Combine(options.Root, vaultFolder);
        var state = Path.Combine(options.Root, stateFolder);
        if (!_files.FolderExists(vault) || !_files.FolderExists(state))
            return true;
        if (_files.LeadsElsewhere(vault, options.Root) || _files.LeadsElsewhere(state, options.Root))
        {
            findings.Add(new StorageFinding(
                "commit-log.link", null,
                $"Something on the way to the vault in {vaultFolder}, or in it, is a symbolic link, and links are not followed; the log is kept in commit-log/unapplied."));
            return false;
        }
        using var held = TakeLock(state, vaultFolder);
        var birth = BirthMark.Find(_files, state);
        var own = records.Where(record => record.Birth == birth).ToList();
        if (own.Count == 0)
            return true;
        using var writer = new SectionWriter(_files, vault);
        foreach (var section in own.SelectMany(record => record.Sections))
        {
            if (writer.TryWrite(section))
                continue;
            findings.Add(new StorageFinding(
                "commit-log.diverged", null,
                $"The vault in {vaultFolder} does not continue where the commit log does; the log is kept in commit-log/unapplied."));
            return false;
        }
        writer.Flush();
        RestoreJournal(Path.Combine(state, "journal"), own);
        RestoreAnchor(Path.Combine(state, "anchor"), own[^1].End);
        if (writer.Changed)
            findings.Add(new StorageFinding("commit-log.applied", null, $"Events of the vault in {vaultFolder} were written again from the commit log."));
        return true;
    }

    private void RestoreJournal(string path, List<CommitRecord> records)
    {
        var lost = records.Where(record => record.Journal.Length > 0).SelectMany(record => record.Journal.ToArray()).ToArray();
        if (lost.Length == 0)
            return;
        using var journal = new AppendJournal(_files, path);
        journal.Read();
        journal.AppendEncoded(lost, count: 0, durable: true);
    }

    private void RestoreAnchor(string path, AcknowledgedEnd end)
    {
        using var anchor = HeadAnchor.Open(_files, path, out var known);
        if (known is null || known.Head.Count < end.Head.Count)
            anchor.Write(end);
        anchor.Flush();
    }

    private IDisposable TakeLock(string state, string vaultFolder)
    {
        try
        {
            return _files.Lock(Path.Combine(state, "lock"));
        }
        catch (IOException failure)
        {
            throw new VaultStorageException(
                VaultStorageFailure.Locked, $"The vault in {vaultFolder} must be repaired after a crash, and another process has it open.", failure);
        }
    }

    private void Finish(string segment, bool applied)
    {
        var path = Path.Combine(folder, segment);
        if (applied)
        {
            _files.DeleteFile(path);
            return;
        }
        var kept = Path.Combine(folder, "unapplied");
        _files.CreateFolder(kept);
        _files.ReplaceFile(path, Path.Combine(kept, segment));
    }
}
