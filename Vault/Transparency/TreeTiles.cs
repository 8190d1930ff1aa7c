using System.Buffers.Binary;
using System.Text;
using Granary.Vault.Proofs;
using Granary.Vault.Storage;

namespace Granary.Vault.Transparency;

/// <summary>
/// The tiles of a log's event tree, made from the log when they are asked for: an append does nothing for them. The roots of full tiles of leaves are
/// kept, 32 bytes for 256 entries, so that tiles above the leaves read each entry once. Not for use by several threads at once.
/// </summary>
public sealed class TreeTiles(IVaultReader reader, IEntryFormat format)
{
    private readonly EventTreeReader _tree = new(reader, format);
    private readonly List<byte[]> _roots = [];

    /// <summary>The tile's bytes; null where the log does not have it.</summary>
    /// <exception cref="VaultStorageException"><see cref="VaultStorageFailure.Damaged"/>: an entry's lines contradict each other.</exception>
    public async Task<byte[]?> ReadAsync(TileAddress address, CancellationToken cancellation)
    {
        if (!address.IsIn(reader.Count(LogStream.Events)))
            return null;
        if (address.Level is null or 0)
            return await ReadLeavesAsync(address, cancellation);
        // One hash of the tile stands for so many full tiles of leaves.
        var each = 1L << (8 * (address.Level.Value - 1));
        var first = address.Index * TileAddress.FullWidth * each;
        await KeepRootsAsync(first + (address.Width * each), cancellation);
        var tile = new byte[address.Width * TreeHash.Size];
        for (var i = 0; i < address.Width; i++)
            Root(first + (i * each), each).CopyTo(tile, i * TreeHash.Size);
        return tile;
    }

    private async Task<byte[]> ReadLeavesAsync(TileAddress address, CancellationToken cancellation)
    {
        var first = address.Index * TileAddress.FullWidth;
        using var tile = new MemoryStream(address.Width * 66);
        var buffer = new byte[TreeHash.Size];
        await foreach (var hash in _tree.HashesAsync(first, first + address.Width, cancellation))
        {
            var entry = Encoding.ASCII.GetBytes(hash);
            if (address.Level == 0)
            {
                TreeHash.Leaf(entry, buffer);
                tile.Write(buffer);
            }
            else
            {
                BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)entry.Length);
                tile.Write(buffer.AsSpan(0, sizeof(ushort)));
                tile.Write(entry);
            }
        }
        return tile.ToArray();
    }

    private async Task KeepRootsAsync(long tiles, CancellationToken cancellation)
    {
        if (_roots.Count >= tiles)
            return;
        var tree = new EventTree();
        await foreach (var hash in _tree.HashesAsync(_roots.Count * (long)TileAddress.FullWidth, tiles * TileAddress.FullWidth, cancellation))
        {
            tree.Append(hash);
            if (tree.Count < TileAddress.FullWidth)
                continue;
            _roots.Add(tree.RootHash());
            tree = new EventTree();
        }
    }

    private byte[] Root(long first, long count) => count == 1
        ? _roots[(int)first]
        : TreeHash.Node(Root(first, count / 2), Root(first + (count / 2), count / 2));
}
