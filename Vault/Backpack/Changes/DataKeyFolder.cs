using Granary.Vault.Backpack.Events;
using Granary.Vault.Keys;
using Granary.Vault.Storage;
using Granary.Vault.Storage.FileSystem;

namespace Granary.Vault.Backpack.Changes;

/// <summary>
/// Data keys in a folder outside the vault's, one small file each, wrapped with a key-encryption key for this one vault. A destroyed key's file is
/// overwritten before it goes.
/// </summary>
public sealed class DataKeyFolder(KeyRing encryption, string vaultUid, string folder, IFileSystem? files = null) : IDataKeyStore
{
    private readonly IFileSystem _files = files ?? PhysicalFileSystem.Instance;

    /// <inheritdoc />
    public Task SaveAsync(string keyId, ReadOnlyMemory<byte> key, CancellationToken cancellation) => RunAsync(() =>
    {
        _files.CreateFolder(folder);
        var path = PathOf(keyId);
        using (var file = _files.Open(path, create: true, secret: true))
        {
            file.Write(encryption.Wrap(key.Span, Purpose(keyId)), 0);
            file.Flush();
        }
        _files.FlushFolder(folder);
        return true;
    }, cancellation);

    /// <inheritdoc />
    public Task<byte[]?> FindAsync(string keyId, CancellationToken cancellation) => RunAsync(() =>
    {
        var path = PathOf(keyId);
        if (!_files.FileExists(path))
            return null;
        using var file = _files.OpenRead(path);
        var wrapped = new byte[KeyRing.Overhead + EncryptedPayload.KeyLength];
        var read = file.Read(wrapped, 0);
        // A file of zeros is a key that was being destroyed.
        return wrapped.AsSpan(0, read).ContainsAnyExcept((byte)0) ? encryption.UnwrapStored(wrapped.AsSpan(0, read), Purpose(keyId)) : null;
    }, cancellation);

    /// <inheritdoc />
    public Task<bool> DestroyAsync(string keyId, CancellationToken cancellation) => RunAsync(() =>
    {
        var path = PathOf(keyId);
        if (!_files.FileExists(path))
            return false;
        using (var file = _files.Open(path, create: false))
        {
            file.Write(new byte[file.Length], 0);
            file.Flush();
        }
        _files.DeleteFile(path);
        _files.FlushFolder(folder);
        return true;
    }, cancellation);

    private string PathOf(string keyId) => DocumentName.Resolve(folder, keyId.Contains('/') ? "" : keyId);

    private string Purpose(string keyId) => $"{vaultUid}/{keyId}";

    private static Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return IoThreads.Writers.RunAsync(() => StorageFailures.Guard(work));
    }
}
