using Granary.Vault.Storage;

namespace Granary.Vault.Redis.Archive;

/// <summary>
/// The archive as a process uses it: what comes from it is compared with its hash, and the segments read last are kept in memory, so that a reader who pages
/// through one does not fetch it again for each page.
/// </summary>
/// <param name="archive">The archive.</param>
/// <param name="cacheBytes">How many bytes of segments are kept, for all vaults together.</param>
public sealed class SealedSegments(ISegmentArchive archive, long cacheBytes = 32 * 1024 * 1024)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(string Name, SegmentContent Content)> _recent = [];
    private readonly Dictionary<string, LinkedListNode<(string Name, SegmentContent Content)>> _byName = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>A segment; null where the archive has none of this name.</summary>
    /// <exception cref="VaultStorageException">
    /// <see cref="VaultStorageFailure.Damaged"/>: its bytes are not those that were sealed. Otherwise the archive's reasons.
    /// </exception>
    internal async Task<SegmentContent?> ReadAsync(SegmentName name, CancellationToken cancellation)
    {
        if (Recent(name.Full) is { } known)
            return known;
        if (await FetchAsync(name, cancellation) is not { } content)
            return null;
        Keep(name.Full, content);
        return content;
    }

    /// <summary>Writes a segment, and reads it back from where it was written.</summary>
    /// <exception cref="VaultStorageException">The archive's reasons, or it does not give back what it was given.</exception>
    internal async Task StoreAsync(SegmentName name, SegmentContent content, CancellationToken cancellation)
    {
        await archive.PutAsync(name.Full, content.Bytes, cancellation);
        if (await FetchAsync(name, cancellation) is null)
            throw new VaultStorageException(VaultStorageFailure.Unavailable, $"The archive took {name.Full} and does not have it.");
    }

    internal Task DeleteAsync(SegmentName name, CancellationToken cancellation)
    {
        Drop(name.Full);
        return archive.DeleteAsync(name.Full, cancellation);
    }

    private async Task<SegmentContent?> FetchAsync(SegmentName name, CancellationToken cancellation)
    {
        if (await archive.GetAsync(name.Full, cancellation) is not { } bytes)
            return null;
        var content = SegmentContent.Read(bytes);
        return content.Hash().AsSpan().SequenceEqual(name.Hash)
            ? content
            : throw new VaultStorageException(
                VaultStorageFailure.Damaged, $"The archive has altered {name.Full}: its bytes no longer have the hash in its name. Restore it from a backup of the archive.");
    }

    private SegmentContent? Recent(string name)
    {
        lock (_lock)
        {
            if (!_byName.TryGetValue(name, out var node))
                return null;
            _recent.Remove(node);
            _recent.AddFirst(node);
            return node.Value.Content;
        }
    }

    private void Keep(string name, SegmentContent content)
    {
        lock (_lock)
        {
            if (content.Bytes.Length > cacheBytes || _byName.ContainsKey(name))
                return;
            _byName[name] = _recent.AddFirst((name, content));
            _bytes += content.Bytes.Length;
            while (_bytes > cacheBytes)
                Drop(_recent.Last!.Value.Name);
        }
    }

    private void Drop(string name)
    {
        lock (_lock)
        {
            if (!_byName.Remove(name, out var node))
                return;
            _recent.Remove(node);
            _bytes -= node.Value.Content.Bytes.Length;
        }
    }
}
