using System.Text;
using Granary.Vault.Canonical;

namespace Granary.Vault.Proofs;

/// <summary>
/// A proof that an entry stands at a position of a log (RFC 6962, 2.1.1). As JSON:
/// <c>{"count","entry_hash","path":[…],"position","root"}</c>, hashes as 64 hex digits, the path from the leaf up.
/// It proves something once its root is known from elsewhere: from a <see cref="SignedHead"/> of the same count.
/// </summary>
public sealed class InclusionProof
{
    private readonly byte[] _entryHash;
    private readonly byte[] _root;

    internal InclusionProof(long position, long count, byte[] entryHash, IReadOnlyList<byte[]> path, byte[]? root = null)
    {
        Position = position;
        Count = count;
        Path = path;
        _entryHash = entryHash;
        _root = root ?? ComputeRoot() ?? throw new ArgumentException("The path does not fit the position.", nameof(path));
    }

    /// <summary>The position of the entry.</summary>
    public long Position { get; }

    /// <summary>How many entries the tree holds.</summary>
    public long Count { get; }

    /// <summary>The entry's hash, 64 hex digits.</summary>
    public string EntryHash => Convert.ToHexStringLower(_entryHash);

    /// <summary>The tree's root, 64 hex digits.</summary>
    public string Root => Convert.ToHexStringLower(_root);

    internal IReadOnlyList<byte[]> Path { get; }

    /// <summary>Whether entry, position and path lead to the root.</summary>
    public bool IsValid => ComputeRoot() is { } root && root.AsSpan().SequenceEqual(_root);

    /// <summary>Whether it is valid and its tree is the one the head was signed for.</summary>
    public bool IsFor(SignedHead head) => IsValid && head.Count == Count && head.Root == Root;

    /// <summary>The proof in canonical JSON.</summary>
    public byte[] Write()
    {
        using var output = new PooledBuffer(256);
        CanonicalDocument.Write(output, "count", Count);
        CanonicalDocument.Write(output, "entry_hash", EntryHash);
        CanonicalDocument.Write(output, "path", Path);
        CanonicalDocument.Write(output, "position", Position);
        CanonicalDocument.Write(output, "root", Root);
        output.Write((byte)'}');
        return output.Written.ToArray();
    }

    /// <summary>Reads a proof, valid or not.</summary>
    /// <exception cref="FormatException">It does not have the shape of one; the message names the member.</exception>
    public static InclusionProof Read(ReadOnlySpan<byte> json)
    {
        var text = CanonicalDocument.Canonical(json, "The inclusion proof");
        return new InclusionProof(
            CanonicalDocument.Number(text, "position"), CanonicalDocument.Number(text, "count"),
            CanonicalDocument.Hash(text, "entry_hash"), CanonicalDocument.Hashes(text, "path"), CanonicalDocument.Hash(text, "root"));
    }

    /// <summary>The root to which a path leads from a leaf; null where the path does not fit the position.</summary>
    internal static byte[]? RootOf(ReadOnlySpan<byte> leaf, long position, long count, IReadOnlyList<byte[]> path)
    {
        if (position < 0 || position >= count)
            return null;
        var root = new byte[TreeHash.Size];
        TreeHash.Leaf(leaf, root);
        var (node, last) = (position, count - 1);
        foreach (var sibling in path)
        {
            if (last == 0)
                return null;
            if ((node & 1) == 1 || node == last)
            {
                TreeHash.Node(sibling, root, root);
                // A last node without a sibling is taken up unchanged.
                while ((node & 1) == 0 && node != 0)
                    (node, last) = (node >> 1, last >> 1);
            }
            else
                TreeHash.Node(root, sibling, root);
            (node, last) = (node >> 1, last >> 1);
        }
        return last == 0 ? root : null;
    }

    private byte[]? ComputeRoot() => RootOf(Encoding.ASCII.GetBytes(EntryHash), Position, Count, Path);
}
