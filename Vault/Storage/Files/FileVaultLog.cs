using Granary.Vault.OutsideFiles;
using Granary.Vault.Storage.FileSystem;
using Granary.Vault.Storage.Files.State;

namespace Granary.Vault.Storage.Files;

/// <summary>An open vault folder. Opening is in one part of this class, appending in another; here are reads and the end.</summary>
internal sealed partial class FileVaultLog : IVaultLog
{
    private readonly FileVaultOptions _options;
    private readonly IFileSystem _files;
    private readonly IDisposable _held;
    private readonly LineFile? _chain;
    private readonly HeadAnchor _anchor;
    private readonly AppendJournal _journal;
    private readonly IdempotencyTable _keys;
    private readonly List<StorageFinding> _repairs = [];
    private readonly List<StorageFinding> _findings = [];
    private readonly Lock _lock = new();
    private readonly Lock _changedLock = new();
    private volatile LineFile _events;
    private volatile LineFile? _bridge;
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LogHead _head = LogHead.Empty;
    private readonly Lock _closeLock = new();
    private volatile bool _lostFlush;
    private bool _isReadOnly;
    private bool _outcomeUnknown;
    private bool _closed;

    public LogHead Head
    {
        get
        {
            lock (_changedLock)
                return _head;
        }
    }

    public VaultFormat Format { get; }

    public IReadOnlyList<StorageFinding> Repairs => _repairs;

    public IReadOnlyList<StorageFinding> Findings => _findings;

    public bool IsReadOnly => _isReadOnly;

    public long Count(LogStream stream) => Lines(stream)?.Count ?? 0;

    public Task<LogPage> ReadAsync(LogStream stream, long from, int maxLines, int maxBytes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Lines(stream) is null
            ? Task.FromResult(new LogPage(from, []))
            : IoThreads.Readers.RunAsync(() => Reading(() => Read(stream, from, maxLines, maxBytes)));
    }

    public Task<ReadOnlyMemory<byte>?> ReadDocumentAsync(string name, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return IoThreads.Readers.RunAsync(() => Reading(() => FolderDocuments.Read(_files, _options.Folder, name)));
    }

    public Task<IReadOnlyList<string>> ListDocumentsAsync(string folder, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return IoThreads.Readers.RunAsync(() => Reading(() => FolderDocuments.List(_files, _options.Folder, folder)));
    }

    public Task WriteDocumentAsync(VaultDocument document, bool derived, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return IoThreads.Writers.RunAsync(() => StorageFailures.Guard(() =>
        {
            // A closed log has released its lock: the new holder must not find a late document of ours.
            lock (_lock)
            {
                ThrowIfClosed();
                ThrowIfReadOnly();
                FolderDocuments.Write(_files, _options, _options.Folder, document, derived);
                return true;
            }
        }));
    }

    public Task DeleteDocumentAsync(string name, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return IoThreads.Writers.RunAsync(() => StorageFailures.Guard(() =>
        {
            lock (_lock)
            {
                ThrowIfClosed();
                ThrowIfReadOnly();
                FolderDocuments.Delete(_files, _options.Folder, name);
                return true;
            }
        }));
    }

    public Task<ReadOnlyMemory<byte>?> ReadBesideAsync(string name, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return IoThreads.Readers.RunAsync(() => Reading(() => Ranked.Content(FolderDocuments.Read(_files, _options.BesideFolder, name))));
    }

    public Task<bool> WriteBesideAsync(VaultDocument document, long? rank, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return IoThreads.Writers.RunAsync(() => StorageFailures.Guard(() =>
        {
            lock (_lock)
            {
                ThrowIfClosed();
                var home = _options.BesideFolder;
                if (rank is not null && Ranked.Rank(FolderDocuments.Read(_files, home, document.Name)) > rank)
                    return false;
                FolderDocuments.Write(_files, _options, home, document with { Content = Ranked.Write(document.Content, rank) }, derived: false);
                return true;
            }
        }));
    }

    // Nobody else can append while this handle holds the lock.
    public Task<LogHead> RefreshAsync(CancellationToken cancellation) => Task.FromResult(Head);

    public async Task WaitBeyondAsync(long count, CancellationToken cancellation)
    {
        while (true)
        {
            var changed = _changed.Task;
            if (Head.Count > count)
                return;
            await changed.WaitAsync(cancellation);
        }
    }

    public Task<IdempotencyRecord?> FindKeyAsync(string key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_lock)
            return Task.FromResult(_keys.Find(key, IsInLog));
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await IoThreads.Writers.RunAsync(() =>
            {
                lock (_lock)
                    Close();
                return true;
            });
        }
        finally
        {
            _turn.Release();
        }
    }

    private static T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ObjectDisposedException failure)
        {
            throw new VaultStorageException(VaultStorageFailure.Refused, "The vault was closed while it was read; try again.", failure);
        }
        catch (Exception failure) when (StorageFailures.IsIo(failure))
        {
            throw new VaultStorageException(
                VaultStorageFailure.Damaged, failure is UnusableFileException ? failure.Message : "A file of the vault cannot be read.", failure);
        }
    }

    private LogPage Read(LogStream stream, long from, int maxLines, int maxBytes)
    {
        while (true)
        {
            var lines = Lines(stream)!;
            try
            {
                return lines.Read(from, maxLines, maxBytes);
            }
            catch (ObjectDisposedException) when (!ReferenceEquals(lines, Lines(stream)))
            {
                // The file was rewritten meanwhile, and a new one is in its place.
            }
        }
    }

    private LineFile? Lines(LogStream stream) => stream switch
    {
        LogStream.Events => _events,
        LogStream.Chain => _chain,
        _ => _bridge,
    };

    private bool IsInLog(IdempotencyRecord record)
    {
        if (record.Position >= Head.Count)
            return false;
        var lines = _events.Read(record.Position, 1, 1).Lines;
        var links = _chain?.Read(record.Position, 1, 1).Lines ?? [default];
        return lines.Count == 1 && links.Count == 1
            && Format.Entries.Check(record.Position, lines[0].Span, links[0].Span, out var hash) == EntryState.Whole
            && hash == record.Hash;
    }

    private void Publish(LogHead head)
    {
        lock (_changedLock)
            _head = head;
        Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    private void ThrowIfClosed()
    {
        if (_closed)
            throw new VaultStorageException(VaultStorageFailure.Refused, "The vault has been closed; open it again.");
    }

    /// <summary>The folder that is backed by this log's store, where its files are somebody else's as well.</summary>
    public string? PlainFolder => _options.IsPlain ? _options.Folder : null;

    /// <summary>Other programs may append to the folder until it is opened again, and redact in it: what its end was then says nothing.</summary>
    private void ForgetEnd()
    {
        if (_findings.Count > 0 || _outcomeUnknown)
            return;
        try
        {
            _files.DeleteFile(Path.Combine(_options.StateFolder, "anchor"));
        }
        catch (Exception failure) when (StorageFailures.IsIo(failure))
        {
            // The next opening may find the log changed, and then takes no events until somebody has looked.
        }
    }

    private void Close()
    {
        if (_closed)
            return;
        if (_commits is not null && FlushFiles())
            UnmarkInUse();
        lock (_closeLock)
            _closed = true;
        _events.Dispose();
        _chain?.Dispose();
        _bridge?.Dispose();
        _journal.Dispose();
        _anchor.Dispose();
        if (_options.IsPlain)
            ForgetEnd();
        _held.Dispose();
    }
}
