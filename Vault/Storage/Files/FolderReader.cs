using Granary.Vault.Storage.FileSystem;

namespace Granary.Vault.Storage.Files;

/// <summary>
/// A vault folder of either format, opened for reading only: no lock is taken, nothing is repaired, nothing is written, so it reads a backup, a
/// read-only medium and the folder of another's vault. It holds what the files held when it was opened.
/// </summary>
public sealed class FolderReader : IVaultReader, IDisposable
{
    private readonly IFileSystem _files;
    private readonly string _folder;
    private readonly Dictionary<LogStream, LineFile> _lines = [];
    private readonly List<StorageFinding> _findings = [];

    private FolderReader(IFileSystem files, string folder) => (_files, _folder) = (files, folder);

    /// <inheritdoc />
    public IReadOnlyList<StorageFinding> Findings => _findings;

    /// <summary>Opens a folder. Bytes behind the last line feed of a file are a finding, and are not read.</summary>
    /// <exception cref="VaultStorageException">
    /// <see cref="VaultStorageFailure.NotFound"/>: there is no such folder. <see cref="VaultStorageFailure.Refused"/>: it may not be read.
    /// </exception>
    public static FolderReader Open(string folder, IFileSystem? files = null)
    {
        var reader = new FolderReader(files ?? PhysicalFileSystem.Instance, folder);
        try
        {
            StorageFailures.Guard(() =>
            {
                reader.Scan();
                return true;
            });
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public long Count(LogStream stream) => _lines.TryGetValue(stream, out var lines) ? lines.Count : 0;

    /// <inheritdoc />
    public Task<LogPage> ReadAsync(LogStream stream, long from, int maxLines, int maxBytes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return _lines.TryGetValue(stream, out var lines)
            ? IoThreads.Readers.RunAsync(() => StorageFailures.Guard(() => lines.Read(from, maxLines, maxBytes)))
            : Task.FromResult(new LogPage(from, []));
    }

    /// <inheritdoc />
    public Task<ReadOnlyMemory<byte>?> ReadDocumentAsync(string name, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return IoThreads.Readers.RunAsync(() => StorageFailures.Guard(() => FolderDocuments.Read(_files, _folder, name)));
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<string>> ListDocumentsAsync(string folder, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return IoThreads.Readers.RunAsync(() => StorageFailures.Guard(() => FolderDocuments.List(_files, _folder, folder)));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var lines in _lines.Values)
            lines.Dispose();
    }

    private void Scan()
    {
        if (!_files.FolderExists(_folder))
            throw new VaultStorageException(VaultStorageFailure.NotFound, "There is no such folder.");
        Scan(LogStream.Events, LogFileName.Events);
        Scan(LogStream.Chain, LogFileName.Chain);
        Scan(LogStream.Bridge, LogFileName.Bridge);
    }

    private void Scan(LogStream stream, string name)
    {
        var path = DocumentName.Resolve(_folder, name);
        if (!_files.FileExists(path))
            return;
        var lines = _lines[stream] = new LineFile(_files.OpenRead(path));
        if (lines.Scan() is var rest and > 0)
            _findings.Add(new StorageFinding("log.tail", lines.Count, $"{name} ends with {rest} bytes that are not a whole line."));
    }
}
