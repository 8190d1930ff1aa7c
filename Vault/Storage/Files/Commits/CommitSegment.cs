using Granary.Vault.Storage.FileSystem;

namespace Granary.Vault.Storage.Files.Commits;

/// <summary>A file of the commit log, and the vaults whose own files must be durable before it may go.</summary>
internal sealed class CommitSegment(string path, IStorageFile file) : IDisposable
{
    public string Path { get; } = path;

    public long Length { get; private set; }

    /// <summary>Touched only by the log's one writer until the segment is closed.</summary>
    public HashSet<ICommitted> Vaults { get; } = [];

    /// <summary>Writes behind what is committed; nothing counts before <see cref="Flush"/>.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        file.Write(bytes, Length);
        Length += bytes.Length;
    }

    public void Flush() => file.Flush();

    /// <summary>Takes back what a failed write left.</summary>
    public void Restore(long length)
    {
        Length = length;
        file.SetLength(length);
    }

    public void Dispose() => file.Dispose();
}

/// <summary>A vault whose appends are durable in the commit log before they are in its own files.</summary>
internal interface ICommitted
{
    /// <summary>Makes the vault's own files durable. False when that failed: then the log keeps its copy.</summary>
    bool FlushFiles();
}
