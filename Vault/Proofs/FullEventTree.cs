using System.Numerics;
using System.Text;

namespace Granary.Vault.Proofs;

/// <summary>An event tree that keeps all its nodes, 64 bytes for each entry, where many proofs are wanted of one log.</summary>
internal sealed class FullEventTree
{
    private readonly List<List<byte[]>> _levels = [[]];

    public long Count => _levels[0].Count;

    public void Append(string entryHash)
    {
        var node = new byte[TreeHash.Size];
        TreeHash.Leaf(Encoding.ASCII.GetBytes(entryHash), node);
        for (var level = 0; ; level++)
        {
            if (level == _levels.Count)
                _levels.Add([]);
            var nodes = _levels[level];
            nodes.Add(node);
            if (nodes.Count % 2 == 1)
                return;
            node = TreeHash.Node(nodes[^2], nodes[^1]);
        }
    }

    /// <summary>The proof of an entry, whose hash the caller has.</summary>
    public InclusionProof Prove(long position, string entryHash) =>
        new(position, Count, Convert.FromHexString(entryHash), [.. TreeRange.Inclusion(position, Count).Select(RootOf)]);

    private byte[] RootOf(TreeRange range)
    {
        var size = range.End - range.Start;
        if (BitOperations.IsPow2(size) && range.Start % size == 0)
            return _levels[BitOperations.Log2((ulong)size)][(int)(range.Start / size)];
        var middle = range.Start + TreeRange.Split(size);
        return TreeHash.Node(RootOf(new TreeRange(range.Start, middle)), RootOf(new TreeRange(middle, range.End)));
    }
}
