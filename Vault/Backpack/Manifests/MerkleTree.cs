using System.Security.Cryptography;

namespace Granary.Vault.Backpack.Manifests;

/// <summary>
/// The tree over a manifest's files (specification 4): no prefixes, and a level with an odd count pairs its last node with itself. Not RFC 6962; the
/// tree over a log's events is.
/// </summary>
public static class MerkleTree
{
    /// <summary>The root of leaves given as their canonical bytes, in hex.</summary>
    public static string Root(IEnumerable<ReadOnlyMemory<byte>> leaves)
    {
        var level = leaves.Select(leaf => SHA256.HashData(leaf.Span)).ToList();
        if (level.Count == 0)
            return Convert.ToHexStringLower(SHA256.HashData([]));
        while (level.Count > 1)
            level = [.. level.Chunk(2).Select(pair => SHA256.HashData([.. pair[0], .. pair[^1]]))];
        return Convert.ToHexStringLower(level[0]);
    }
}
