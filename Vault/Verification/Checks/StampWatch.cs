using Granary.Vault.Evidence.Stamps;
using Granary.Vault.Proofs;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Verification.Checks;

/// <summary>Holds a log that is verified against what authorities outside have stamped of it.</summary>
internal sealed class StampWatch(VerificationOptions options, FindingList findings)
{
    private static readonly Rule Evidence = Rule.Error("head.stamp");
    private static readonly Rule Truncated = Rule.Error("head.stamp-truncated");
    private static readonly Rule Rewritten = Rule.Error("head.stamp-rewritten");

    private readonly Dictionary<long, string?> _roots = options.Stamps.Select(stamp => stamp.Count).Distinct().ToDictionary(count => count, _ => (string?)null);

    /// <summary>Notes the root where there is a stamp of so many events.</summary>
    /// <param name="tree">The tree so far.</param>
    /// <param name="isBroken">Whether an entry before had no hash.</param>
    public void Take(EventTree tree, bool isBroken)
    {
        if (_roots.Count > 0 && _roots.ContainsKey(tree.Count))
            _roots[tree.Count] = isBroken ? null : tree.Root();
    }

    /// <summary>Judges the stamps after the last entry.</summary>
    /// <returns>What there is to say of them; empty where there are none.</returns>
    public string Check(long count)
    {
        if (options.Stamps.Count == 0)
            return "";
        foreach (var stamp in options.Stamps)
        {
            var who = $"stamp of {stamp.Count} events by {stamp.Authority}";
            if ((stamp.Problem(options.TrustedAuthorities, options.TrustedLogs) ?? BlockProblem(stamp)) is { } problem)
                findings.Add(Evidence, $"The {who} does not hold: {problem}");
            else if (stamp.Count > count)
                findings.Add(Truncated, $"The log has {count} events, and {stamp.Authority} saw {stamp.Count} at {stamp.Time ?? stamp.AskedAt:u}: the tail was cut off.");
            else if (_roots[stamp.Count] != stamp.Root)
                findings.Add(Rewritten, stamp.Count - 1, null, $"The first {stamp.Count} events are not those that {stamp.Authority} saw at {stamp.Time ?? stamp.AskedAt:u}.");
        }
        return $", {options.Stamps.Count} stamp(s) from outside{Tokens()}{Entries()}{Proofs()}";
    }

    private string Tokens() => Oldest(HeadStamp.Rfc3161) is { } oldest
        ? $" since {oldest:u}{(options.TrustedAuthorities is null ? " (no authority's certificate was given to trust)" : "")}"
        : "";

    private string Entries() => Oldest(HeadStamp.Rekor) is { } oldest
        ? $", {options.Stamps.Count(stamp => stamp.Kind == HeadStamp.Rekor)} of them in a Rekor log since {oldest:u}{(options.TrustedLogs is null ? " (no log's key was given to trust)" : "")}"
        : "";

    private string Proofs()
    {
        var proofs = options.Stamps.Where(stamp => stamp.Kind == HeadStamp.OpenTimestamps).ToList();
        if (proofs.Count == 0)
            return "";
        var block = proofs.SelectMany(proof => proof.Blocks).MinBy(end => end.Height);
        return block is null
            ? $", {proofs.Count} of them promised by a calendar and in no Bitcoin block yet"
            : $", by Bitcoin block {block.Height} ({(options.BitcoinBlocks.ContainsKey(block.Height!.Value) ? "as given" : $"if its Merkle root is {block.MerkleRoot}: give it with --block")})";
    }

    private DateTimeOffset? Oldest(string kind) => options.Stamps.Where(stamp => stamp.Kind == kind).Select(stamp => stamp.Time).Min();

    private string? BlockProblem(HeadStamp stamp) => stamp.Blocks.FirstOrDefault(end =>
            options.BitcoinBlocks.TryGetValue(end.Height!.Value, out var root) && !root.Equals(end.MerkleRoot, StringComparison.OrdinalIgnoreCase)) is { } other
        ? $"Bitcoin block {other.Height} has another Merkle root than {other.MerkleRoot}, to which the proof leads."
        : null;
}
