using System.Numerics;
using Granary.Vault.Canonical;

namespace Granary.Vault.Proofs;

/// <summary>
/// A proof that a log of one size is the beginning of the same log at another size, nothing changed and nothing removed (RFC 6962, 2.1.2). As JSON:
/// <c>{"first_count","first_root","path":[…],"second_count","second_root"}</c>, hashes as 64 hex digits.
/// </summary>
public sealed class ConsistencyProof
{
    private readonly byte[] _firstRoot;
    private readonly byte[] _secondRoot;

    internal ConsistencyProof(long firstCount, byte[] firstRoot, long secondCount, byte[] secondRoot, IReadOnlyList<byte[]> path)
    {
        FirstCount = firstCount;
        SecondCount = secondCount;
        Path = path;
        _firstRoot = firstRoot;
        _secondRoot = secondRoot;
    }

    /// <summary>The entries of the smaller tree.</summary>
    public long FirstCount { get; }

    /// <summary>The smaller tree's root, 64 hex digits.</summary>
    public string FirstRoot => Convert.ToHexStringLower(_firstRoot);

    /// <summary>The entries of the larger tree.</summary>
    public long SecondCount { get; }

    /// <summary>The larger tree's root, 64 hex digits.</summary>
    public string SecondRoot => Convert.ToHexStringLower(_secondRoot);

    internal IReadOnlyList<byte[]> Path { get; }

    /// <summary>Whether the path leads to both roots.</summary>
    public bool IsValid
    {
        get
        {
            if (FirstCount == 0)
                return Path.Count == 0 && _firstRoot.AsSpan().SequenceEqual(TreeHash.Empty());
            if (FirstCount == SecondCount)
                return Path.Count == 0 && _firstRoot.AsSpan().SequenceEqual(_secondRoot);
            return FirstCount < SecondCount && LeadsToBoth();
        }
    }

    /// <summary>Whether it is valid and joins the trees the two heads were signed for: the later head's log continues the earlier one's.</summary>
    public bool IsBetween(SignedHead earlier, SignedHead later) =>
        IsValid && earlier.Count == FirstCount && earlier.Root == FirstRoot && later.Count == SecondCount && later.Root == SecondRoot;

    /// <summary>The proof in canonical JSON.</summary>
    public byte[] Write()
    {
        using var output = new PooledBuffer(256);
        CanonicalDocument.Write(output, "first_count", FirstCount);
        CanonicalDocument.Write(output, "first_root", FirstRoot);
        CanonicalDocument.Write(output, "path", Path);
        CanonicalDocument.Write(output, "second_count", SecondCount);
        CanonicalDocument.Write(output, "second_root", SecondRoot);
        output.Write((byte)'}');
        return output.Written.ToArray();
    }

    /// <summary>Reads a proof, valid or not.</summary>
    /// <exception cref="FormatException">It does not have the shape of one; the message names the member.</exception>
    public static ConsistencyProof Read(ReadOnlySpan<byte> json)
    {
        var text = CanonicalDocument.Canonical(json, "The consistency proof");
        return new ConsistencyProof(
            CanonicalDocument.Number(text, "first_count"), CanonicalDocument.Hash(text, "first_root"),
            CanonicalDocument.Number(text, "second_count"), CanonicalDocument.Hash(text, "second_root"), CanonicalDocument.Hashes(text, "path"));
    }

    // RFC 9162, 2.1.4.2: the same proof, and how to check it in one pass.
    private bool LeadsToBoth()
    {
        // A complete first tree is itself the first subtree, and not repeated in the path.
        var path = BitOperations.IsPow2(FirstCount) ? [_firstRoot, .. Path] : Path;
        if (path.Count == 0)
            return false;
        var (node, last) = (FirstCount - 1, SecondCount - 1);
        while ((node & 1) == 1)
            (node, last) = (node >> 1, last >> 1);
        var (first, second) = (path[0], path[0]);
        foreach (var sibling in path.Skip(1))
        {
            if (last == 0)
                return false;
            if ((node & 1) == 1 || node == last)
            {
                first = TreeHash.Node(sibling, first);
                second = TreeHash.Node(sibling, second);
                while ((node & 1) == 0 && node != 0)
                    (node, last) = (node >> 1, last >> 1);
            }
            else
                second = TreeHash.Node(second, sibling);
            (node, last) = (node >> 1, last >> 1);
        }
        return last == 0 && first.AsSpan().SequenceEqual(_firstRoot) && second.AsSpan().SequenceEqual(_secondRoot);
    }
}
