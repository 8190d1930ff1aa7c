using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Granary.Vault.Proofs;

/// <summary>
/// The Merkle tree (RFC 6962) over a log's entries, of which only the right edge is kept: 32 bytes for each bit that is set in the count. A leaf is
/// the 64 hex digits of an entry's hash, in either format. Not for use by several threads at once.
/// </summary>
public sealed class EventTree
{
    private const int HashDigits = 64;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    // The roots of the complete subtrees, the largest first: one for each bit of the count.
    private byte[] _edge = new byte[8 * TreeHash.Size];
    private int _depth;

    /// <summary>How many entries it holds.</summary>
    public long Count { get; private set; }

    /// <summary>Adds the next entry: one hash on average, one for each level at most.</summary>
    /// <param name="entryHash">64 lower-case hex digits.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public void Append(string entryHash)
    {
        Span<byte> digits = stackalloc byte[HashDigits];
        if (!IsHash(entryHash))
            throw new ArgumentException("An entry's hash is 64 lower-case hexadecimal digits.", nameof(entryHash));
        Encoding.ASCII.GetBytes(entryHash, digits);
        AppendData(digits);
    }

    /// <summary>The root, 64 hex digits; that of the empty tree is the hash of nothing.</summary>
    public string Root() => Convert.ToHexStringLower(RootHash());

    /// <summary>What <see cref="Restore"/> takes: the count in eight bytes, big-endian, and the right edge.</summary>
    public byte[] Snapshot()
    {
        var snapshot = new byte[sizeof(long) + (_depth * TreeHash.Size)];
        BinaryPrimitives.WriteInt64BigEndian(snapshot, Count);
        _edge.AsSpan(0, _depth * TreeHash.Size).CopyTo(snapshot.AsSpan(sizeof(long)));
        return snapshot;
    }

    /// <summary>The tree that was saved.</summary>
    /// <exception cref="FormatException">It is no such tree.</exception>
    public static EventTree Restore(ReadOnlySpan<byte> snapshot)
    {
        var count = snapshot.Length < sizeof(long) ? -1 : BinaryPrimitives.ReadInt64BigEndian(snapshot);
        if (count < 0 || snapshot.Length != sizeof(long) + (BitOperations.PopCount((ulong)count) * TreeHash.Size))
            throw new FormatException("It is not the saved right edge of an event tree.");
        var depth = BitOperations.PopCount((ulong)count);
        var tree = new EventTree { Count = count, _depth = depth, _edge = new byte[Math.Max(8, depth) * TreeHash.Size] };
        snapshot[sizeof(long)..].CopyTo(tree._edge);
        return tree;
    }

    internal static bool IsHash(string? text) => text?.Length == HashDigits && !text.AsSpan().ContainsAnyExcept(LowerHex);

    internal void AppendData(ReadOnlySpan<byte> data)
    {
        if ((_depth + 1) * TreeHash.Size > _edge.Length)
            Array.Resize(ref _edge, _edge.Length * 2);
        TreeHash.Leaf(data, Edge(_depth++));
        // Every trailing one bit of the count is a subtree as large as the one on top.
        for (var merges = BitOperations.TrailingZeroCount(~Count); merges > 0; merges--)
        {
            _depth--;
            TreeHash.Node(Edge(_depth - 1), Edge(_depth), Edge(_depth - 1));
        }
        Count++;
    }

    internal byte[] RootHash()
    {
        if (_depth == 0)
            return TreeHash.Empty();
        var root = Edge(_depth - 1).ToArray();
        for (var i = _depth - 2; i >= 0; i--)
            TreeHash.Node(Edge(i), root, root);
        return root;
    }

    private Span<byte> Edge(int index) => _edge.AsSpan(index * TreeHash.Size, TreeHash.Size);
}
