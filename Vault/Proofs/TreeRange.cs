using System.Numerics;

namespace Granary.Vault.Proofs;

/// <summary>The entries from <paramref name="Start"/> to before <paramref name="End"/>, whose subtree's root is part of a proof.</summary>
internal readonly record struct TreeRange(long Start, long End)
{
    /// <summary>The subtrees of a proof that an entry is in a tree, in the proof's order (RFC 6962, 2.1.1).</summary>
    public static List<TreeRange> Inclusion(long position, long count)
    {
        var path = new List<TreeRange>();
        var (start, end) = (0L, count);
        while (end - start > 1)
        {
            var middle = start + Split(end - start);
            path.Add(position < middle ? new TreeRange(middle, end) : new TreeRange(start, middle));
            (start, end) = position < middle ? (start, middle) : (middle, end);
        }
        path.Reverse();
        return path;
    }

    /// <summary>The subtrees of a proof that a tree is the beginning of another one (RFC 6962, 2.1.2). Both have entries, the second more.</summary>
    public static List<TreeRange> Consistency(long first, long second)
    {
        var path = new List<TreeRange>();
        var (start, end) = (0L, second);
        while (first != end)
        {
            var middle = start + Split(end - start);
            path.Add(first <= middle ? new TreeRange(middle, end) : new TreeRange(start, middle));
            (start, end) = first <= middle ? (start, middle) : (middle, end);
        }
        // A subtree that starts at zero is the first tree itself, which the verifier has.
        if (start > 0)
            path.Add(new TreeRange(start, end));
        path.Reverse();
        return path;
    }

    /// <summary>The largest power of two below a size.</summary>
    public static long Split(long size) => 1L << BitOperations.Log2((ulong)(size - 1));
}
