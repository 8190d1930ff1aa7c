using Granary.Vault.Storage;
using Granary.Vault.Storage.FileSystem;

namespace Granary.Vault.Redis.Archive;

/// <summary>An archive in a folder that every silo reaches under the same path, on a volume they share.</summary>
public sealed class FolderArchive(string folder) : ISegmentArchive
{
    /// <summary>Longer than any write takes.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    private static readonly PhysicalFileSystem Files = PhysicalFileSystem.Instance;

    // No tenant's name begins with a dot.
    private readonly string _drafts = Path.Combine(folder, ".drafts");

    /// <inheritdoc />
    public Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) => RunAsync(IoThreads.Writers, () =>
    {
        var path = PathOf(name);
        var parent = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
            throw NotThere(null);
        Files.CreateFolder(parent);
        Files.CreateFolder(_drafts);
        DiscardOld();
        // A name of its own: two silos may write the same object at once.
        var draft = Path.Combine(_drafts, $"{Guid.NewGuid():N}.new");
        try
        {
            using (var file = Files.Open(draft, create: true))
            {
                file.Write(content.Span, 0);
                file.Flush();
            }
            Files.ReplaceFile(draft, path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Discard(draft);
            throw;
        }
        Files.FlushFolder(parent);
        return true;
    }, cancellation);

    /// <inheritdoc />
    public Task<ReadOnlyMemory<byte>?> GetAsync(string name, CancellationToken cancellation) => RunAsync(IoThreads.Readers, () =>
    {
        try
        {
            return (ReadOnlyMemory<byte>?)File.ReadAllBytes(PathOf(name));
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            // A volume that is not mounted has lost nothing.
            return Directory.Exists(folder) ? null : throw NotThere(failure);
        }
    }, cancellation);

    /// <inheritdoc />
    public Task DeleteAsync(string name, CancellationToken cancellation) => RunAsync(IoThreads.Writers, () =>
    {
        var path = PathOf(name);
        if (File.Exists(path))
        {
            Files.DeleteFile(path);
            Files.FlushFolder(Path.GetDirectoryName(path)!);
        }
        return true;
    }, cancellation);

    /// <summary>It is not made: where a volume is not mounted, the place below it is the wrong one.</summary>
    private static IOException NotThere(Exception? failure) => new("The archive's folder is not there.", failure);

    private string PathOf(string name) => DocumentName.Resolve(folder, name);

    /// <summary>What a silo was writing when it died is no object, and may hold what is redacted by now.</summary>
    private void DiscardOld()
    {
        var before = TimeProvider.System.GetUtcNow().UtcDateTime - Abandoned;
        foreach (var draft in Directory.EnumerateFiles(_drafts).Where(draft => File.GetLastWriteTimeUtc(draft) < before))
            Discard(draft);
    }

    private static void Discard(string draft)
    {
        try
        {
            Files.DeleteFile(draft);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next write tries again.
        }
    }

    /// <summary>Disks block, and threads of the pool must not: Redis' answers need them.</summary>
    private static Task<T> RunAsync<T>(IoThreads threads, Func<T> work, CancellationToken cancellation) => threads.RunAsync(() =>
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new VaultStorageException(VaultStorageFailure.Unavailable, "The archive's folder cannot be used now: it is missing, full or not permitted.", failure);
        }
    }).WaitAsync(cancellation);
}
