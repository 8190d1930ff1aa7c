using Granary.Vault.Storage;

namespace Granary.Vault.Proofs;

/// <summary>
/// Builds trees and proofs over a log of either format by reading it once, from the first entry that matters to the last. Memory does not grow with
/// the log. Entries are judged as they are read: over a damaged log nothing is proved.
/// </summary>
public sealed class EventTreeReader(IVaultReader reader, IEntryFormat format)
{
    /// <summary>Brings a tree to <paramref name="count"/> entries; an empty one reads the whole log.</summary>
    /// <exception cref="ProofInputException">The tree is larger, or the log smaller.</exception>
    /// <exception cref="VaultStorageException"><see cref="VaultStorageFailure.Damaged"/>: an entry's lines contradict each other.</exception>
    public async Task CatchUpAsync(EventTree tree, long count, CancellationToken cancellation)
    {
        Check(count, "count");
        if (tree.Count > count)
            throw new ProofInputException($"The tree holds {tree.Count} entries already; it cannot go back to {count}.");
        await foreach (var hash in HashesAsync(tree.Count, count, cancellation))
            tree.Append(hash);
        if (tree.Count < count)
            throw Damaged($"The log ends at position {tree.Count}; {count} entries are committed.");
    }

    /// <summary>The tree over the first <paramref name="count"/> entries.</summary>
    /// <exception cref="ProofInputException">The log is smaller.</exception>
    /// <exception cref="VaultStorageException"><see cref="VaultStorageFailure.Damaged"/>: an entry's lines contradict each other.</exception>
    public async Task<EventTree> BuildAsync(long count, CancellationToken cancellation)
    {
        var tree = new EventTree();
        await CatchUpAsync(tree, count, cancellation);
        return tree;
    }

    /// <summary>Proves that the entry at <paramref name="position"/> is one of the first <paramref name="count"/>.</summary>
    /// <exception cref="ProofInputException">It is not, or the log is smaller.</exception>
    /// <exception cref="VaultStorageException"><see cref="VaultStorageFailure.Damaged"/>: an entry's lines contradict each other.</exception>
    public async Task<InclusionProof> ProveInclusionAsync(long position, long count, CancellationToken cancellation)
    {
        Check(count, "count");
        if (position < 0 || position >= count)
            throw new ProofInputException($"position must be from 0 to {count - 1}: one of the first {count} entries.");
        var path = TreeRange.Inclusion(position, count);
        var roots = await RootsAsync(path, cancellation);
        await foreach (var hash in HashesAsync(position, position + 1, cancellation))
            return new InclusionProof(position, count, Convert.FromHexString(hash), [.. path.Select(range => roots[range])]);
        throw Damaged($"The log ends before position {position}.");
    }

    /// <summary>Proves that the log of <paramref name="first"/> entries is the beginning of that of <paramref name="second"/>.</summary>
    /// <exception cref="ProofInputException"><paramref name="first"/> is the larger one, or the log is smaller than <paramref name="second"/>.</exception>
    /// <exception cref="VaultStorageException"><see cref="VaultStorageFailure.Damaged"/>: an entry's lines contradict each other.</exception>
    public async Task<ConsistencyProof> ProveConsistencyAsync(long first, long second, CancellationToken cancellation)
    {
        Check(second, "second");
        if (first < 0 || first > second)
            throw new ProofInputException($"first must be from 0 to {second}: the smaller of the two sizes.");
        var path = first == 0 || first == second ? [] : TreeRange.Consistency(first, second);
        var (one, two) = (new TreeRange(0, first), new TreeRange(0, second));
        var roots = await RootsAsync([one, two, .. path], cancellation);
        return new ConsistencyProof(first, roots[one], second, roots[two], [.. path.Select(range => roots[range])]);
    }

    /// <summary>The entry at <paramref name="position"/> with all that proves it to somebody who has the key of <paramref name="head"/>.</summary>
    /// <exception cref="ProofInputException">The position is not below the head's count, or the log is smaller than the head says.</exception>
    /// <exception cref="VaultStorageException"><see cref="VaultStorageFailure.Damaged"/>: an entry's lines contradict each other.</exception>
    public async Task<EventProof> ProveEventAsync(long position, SignedHead head, CancellationToken cancellation)
    {
        var inclusion = await ProveInclusionAsync(position, head.Count, cancellation);
        var page = await EntryPage.ReadAsync(reader, position, position + 1, cancellation);
        return new EventProof(page.Events[0], page.Chain.Count == 0 ? default : page.Chain[0], inclusion, head);
    }

    private async Task<Dictionary<TreeRange, byte[]>> RootsAsync(IReadOnlyList<TreeRange> ranges, CancellationToken cancellation)
    {
        var trees = ranges.Distinct().ToDictionary(range => range, _ => new EventTree());
        if (trees.Keys.Where(range => range.End > range.Start).ToList() is { Count: > 0 } wanted)
        {
            var at = wanted.Min(range => range.Start);
            var end = wanted.Max(range => range.End);
            await foreach (var hash in HashesAsync(at, end, cancellation))
            {
                foreach (var range in wanted)
                {
                    if (at >= range.Start && at < range.End)
                        trees[range].Append(hash);
                }
                at++;
            }
            if (at < end)
                throw Damaged($"The log ends at position {at}; {end} entries are committed.");
        }
        return trees.ToDictionary(tree => tree.Key, tree => tree.Value.RootHash());
    }

    internal async IAsyncEnumerable<string> HashesAsync(
        long from, long to, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var hashes in EntryPipeline.RunAsync(reader, from, to, Hashes, cancellation))
        {
            foreach (var hash in hashes)
                yield return hash;
        }
    }

    private string[] Hashes(EntryPage page)
    {
        var hashes = new string[page.Count];
        for (var i = 0; i < hashes.Length; i++)
        {
            if (format.Check(page.Position + i, page.EventAt(i), page.ChainAt(i), out hashes[i]) != EntryState.Whole)
                throw Damaged($"The entry at position {page.Position + i} is not what anybody wrote; verify the vault.");
        }
        return hashes;
    }

    private void Check(long count, string name)
    {
        if (count < 0 || count > reader.Count(LogStream.Events))
            throw new ProofInputException($"{name} must be from 0 to {reader.Count(LogStream.Events)}: the log has no more entries.");
    }

    private static VaultStorageException Damaged(string message) => new(VaultStorageFailure.Damaged, message);
}
