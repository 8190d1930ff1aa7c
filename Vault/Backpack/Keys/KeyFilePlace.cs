using Granary.Vault.Storage;
using Granary.Vault.Storage.FileSystem;
using Granary.Vault.Storage.Files;

namespace Granary.Vault.Backpack.Keys;

/// <summary>A key file of the user's own, outside the vault; whatever shape it has, a change writes the first one (specification 1.3).</summary>
public sealed class KeyFilePlace(string path, IFileSystem? files = null) : IPrivateKeyPlace
{
    private readonly IFileSystem _files = files ?? PhysicalFileSystem.Instance;

    /// <inheritdoc />
    public Task<ReadOnlyMemory<byte>?> ReadAsync(IVaultLog log, CancellationToken cancellation) =>
        IoThreads.Writers.RunAsync(
            () => StorageFailures.Guard(() => FolderDocuments.Read(_files, Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileName(path))));

    /// <inheritdoc />
    public Task WriteAsync(IVaultLog log, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        IoThreads.Writers.RunAsync(() => StorageFailures.Guard(() =>
        {
            var target = Path.GetFullPath(path);
            var draft = target + ".next";
            _files.DeleteFile(draft);
            using (var file = _files.Open(draft, create: true, secret: true))
            {
                file.Write(content.Span, 0);
                file.Flush();
            }
            _files.ReplaceFile(draft, target);
            _files.FlushFolder(Path.GetDirectoryName(target)!);
            return true;
        }));
}
