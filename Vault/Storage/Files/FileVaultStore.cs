using Granary.Vault.Storage.FileSystem;
using Granary.Vault.Storage.Files.Commits;
using Granary.Vault.Storage.Files.State;

namespace Granary.Vault.Storage.Files;

/// <summary>Where a file vault is stored, and the parts of its store.</summary>
public sealed class FileVaultOptions
{
    /// <summary>The vault's own folder: nothing foreign is ever written into it.</summary>
    public required string Folder { get; init; }

    /// <summary>A folder of the gateway's own for this vault (lock, anchor, idempotency keys, quarantine), on the same file system.</summary>
    public required string StateFolder { get; init; }

    /// <summary>Where the documents lie that are kept beside the vault.</summary>
    public string BesideFolder => Path.Combine(StateFolder, "beside");

    /// <summary>A folder of the gateway's above both: neither a folder on the way to the vault nor a file in it may be a symbolic link. Null where there is none.</summary>
    public string? Root { get; init; }

    /// <summary>
    /// True for a folder that is somebody else's and may be changed, mounted read-only or looked at by other programs between two openings: a vault is
    /// made in it where it is empty, what is kept of its end is forgotten when it is closed well, and where it cannot be written it is read.
    /// </summary>
    public bool IsPlain { get; init; }

    /// <summary>Asked when a plain folder's vault is opened: true where nothing is to be written into it, no repair either. Null where it may be.</summary>
    public Func<FileVaultOptions, bool>? IsReadOnly { get; init; }

    /// <summary>True to lock the folder itself too: other programs may reach it under another path. A plain folder is locked in any case.</summary>
    public bool LocksFolder { get; init; }

    /// <summary>The formats a folder may have, usually <c>VaultFormats.All</c>.</summary>
    public required IReadOnlyList<VaultFormat> Formats { get; init; }

    /// <summary>How many idempotency keys are kept, the youngest.</summary>
    public int IdempotencyKeys { get; init; } = 4096;

    /// <summary>
    /// The commit log that makes appends durable, opened when the first vault is; null where the vault's own files are flushed with each append.
    /// </summary>
    public Func<CommitLog>? Commits { get; init; }

    /// <summary>The file operations.</summary>
    public IFileSystem Files { get; init; } = PhysicalFileSystem.Instance;

    /// <summary>The clock that names quarantined files.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>A vault in a folder, byte for byte as its format lays it out, for one opener at a time.</summary>
public sealed class FileVaultStore(FileVaultOptions options) : IVaultStore
{
    private readonly IFileSystem _files = options.Files;

    /// <inheritdoc />
    public Task CreateAsync(VaultBirth birth, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return IoThreads.Writers.RunAsync(() => StorageFailures.Guard(() => Create(birth)));
    }

    /// <inheritdoc />
    public Task<IVaultLog> OpenAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return IoThreads.Writers.RunAsync(() => StorageFailures.Guard(Open));
    }

    private bool Create(VaultBirth birth)
    {
        var existing = new VaultStorageException(VaultStorageFailure.AlreadyExists, "A vault of this name exists already.");
        if (IsTaken())
            throw existing;
        if (_files.FileExists(options.Folder))
            throw new VaultStorageException(VaultStorageFailure.AlreadyExists, "A file has the name that the vault's folder would have.");
        RefuseLinks(options.Folder, options.IsPlain ? null : options.Root);
        RefuseLinks(options.StateFolder, options.Root);
        options.Commits?.Invoke();
        _files.CreateFolder(options.StateFolder);
        using var held = TakeLock();
        if (IsTaken())
            throw existing;
        BirthMark.Renew(_files, options.StateFolder);
        // What a former vault of this place left is not this one's.
        _files.DeleteFile(AnchorPath);
        _files.DeleteFile(JournalPath);
        LogRewrite.Forget(_files, options.StateFolder);
        _files.DeleteFolder(options.BesideFolder);
        foreach (var document in birth.Beside)
            WriteDraft(options.BesideFolder, document with { Content = Ranked.Write(document.Content, rank: null) });
        var draft = Path.Combine(options.StateFolder, "creating");
        _files.DeleteFolder(draft);
        try
        {
            Write(birth, draft);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The private key of a vault that is not there is nobody's.
            Forget(draft);
            throw;
        }
    }

    private void Write(VaultBirth birth, string draft)
    {
        _files.CreateFolder(draft);
        using (var lines = new BatchLines(birth.Entries, birth.Format.HasChain))
        {
            WriteDraft(draft, new VaultDocument(LogFileName.Events, lines.Events.Written.ToArray()));
            if (birth.Format.HasChain)
                WriteDraft(draft, new VaultDocument(LogFileName.Chain, lines.Chain.Written.ToArray()));
        }
        foreach (var document in birth.Documents)
            WriteDraft(draft, document);
        foreach (var name in birth.Format.Entries.EmptyFolders)
            _files.CreateFolder(DocumentName.Resolve(draft, name));
        var home = Path.GetDirectoryName(Path.GetFullPath(options.Folder))!;
        if (options.IsPlain)
        {
            PlainBirth.Move(_files, draft, options.Folder, birth.Format.Marker);
            return;
        }
        _files.CreateFolder(home);
        _files.MoveFolder(draft, options.Folder);
        _files.FlushFolder(home);
    }

    private void Forget(string draft)
    {
        try
        {
            _files.DeleteFolder(draft);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What went wrong first is told; the next vault of this place begins with this.
        }
    }

    // A folder that is mounted is there before any vault is.
    private bool IsTaken() => options.IsPlain ? Directory.Exists(options.Folder) && Directory.EnumerateFileSystemEntries(options.Folder).Any()
        : _files.FolderExists(options.Folder);

    private void WriteDraft(string draft, VaultDocument document)
    {
        var path = DocumentName.Resolve(draft, document.Name);
        var folder = Path.GetDirectoryName(path)!;
        _files.CreateFolder(folder);
        using (var file = _files.Open(path, create: true, document.Secret))
        {
            file.Write(document.Content.Span, 0);
            file.Flush();
        }
        _files.FlushFolder(folder);
    }

    private IVaultLog Open()
    {
        if (!_files.FolderExists(options.Folder))
            throw new VaultStorageException(VaultStorageFailure.NotFound, "There is no vault of this name.");
        RefuseLinks(options.Folder, options.IsPlain ? null : options.Root);
        RefuseLinks(options.StateFolder, options.Root);
        // A mounted folder is somebody else's: who else may read it is theirs to say, and it may not be changeable at all.
        if (!options.IsPlain)
            _files.Protect(options.Folder);
        _files.Protect(options.StateFolder);
        // A crash may have left this vault's last events in the commit log only: opening it brings them back.
        options.Commits?.Invoke();
        _files.CreateFolder(options.StateFolder);
        var held = TakeLock();
        try
        {
            return FileVaultLog.Open(options, FindFormat(), held, AnchorPath, JournalPath);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private void RefuseLinks(string folder, string? root)
    {
        if (_files.LeadsElsewhere(folder, root))
            throw new VaultStorageException(
                VaultStorageFailure.Refused,
                "The vault's folder, one above it or something in it is a symbolic link, and links are not followed; put the vault itself there.");
    }

    private VaultFormat FindFormat() =>
        options.Formats.FirstOrDefault(format => _files.FileExists(DocumentName.Resolve(options.Folder, format.Marker)))
        ?? throw new VaultStorageException(
            VaultStorageFailure.Damaged,
            $"What is stored is no vault of a known format: it has none of {string.Join(", ", options.Formats.Select(format => format.Marker))}.");

    private string AnchorPath => Path.Combine(options.StateFolder, "anchor");

    private string JournalPath => Path.Combine(options.StateFolder, "journal");

    private IDisposable TakeLock()
    {
        try
        {
            var held = _files.Lock(Path.Combine(options.StateFolder, "lock"));
            return options.IsPlain || options.LocksFolder ? LockFolder(held) : held;
        }
        catch (IOException failure)
        {
            throw new VaultStorageException(
                VaultStorageFailure.Locked, "Another process or handle has the vault open; a vault has one writer at a time.", failure);
        }
    }

    private BothLocks LockFolder(IDisposable held)
    {
        try
        {
            return new BothLocks(held, FolderLock.Take(options.Folder));
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }
}
