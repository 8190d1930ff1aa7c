using System.Text;
using Granary.Vault.Canonical;

namespace Granary.Vault.Reducer;

public sealed partial class ReducerV0
{
    /// <summary>How many beliefs each section holds.</summary>
    public BeliefCounts CountBeliefs()
    {
        var counts = default(BeliefCounts);
        foreach (var belief in _beliefs.InOrder())
        {
            counts = new BeliefCounts(
                counts.Canonical + (belief.IsIn(BeliefNamespace.Canonical) ? 1 : 0),
                counts.Local + (belief.IsIn(BeliefNamespace.Local) ? 1 : 0),
                counts.Contested + (belief.IsIn(BeliefNamespace.Contested) ? 1 : 0),
                counts.Archived + (belief.IsIn(BeliefNamespace.Archived) ? 1 : 0));
        }
        return counts;
    }

    /// <summary>Appends a page of a section's beliefs as an object by key, as in the state, in the order of the keys' bytes.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="query">Which of them.</param>
    /// <returns>The last key of the page, where more follow; null at the end.</returns>
    public string? WriteBeliefs(PooledBuffer output, BeliefQuery query)
    {
        var pattern = Encoding.UTF8.GetBytes(query.KeyPattern ?? "");
        var beliefs = _beliefs.InOrder();
        var (start, count) = (output.Length, 0);
        Belief? last = null;
        string? next = null;
        output.Write((byte)'{');
        for (var i = query.After is { } after ? _beliefs.Beyond(Encoding.UTF8.GetBytes(after)) : 0; i < beliefs.Count; i++)
        {
            var belief = beliefs[i];
            if (!belief.IsIn(query.Section) || belief.Key.AsSpan().IndexOf(pattern) < 0)
                continue;
            if (last is not null && (count == query.Limit || output.Length - start >= query.MaxBytes))
            {
                next = Encoding.UTF8.GetString(last.Key);
                break;
            }
            if (count++ > 0)
                output.Write((byte)',');
            WriteMember(output, query.Section, belief);
            last = belief;
        }
        output.Write((byte)'}');
        return next;
    }

    /// <summary>
    /// Appends all evidence of a belief, an object of lists by the canonical text of the value; false, and nothing appended, where there is none.
    /// </summary>
    /// <param name="output">Where to.</param>
    /// <param name="key">The belief's key, <c>subject:predicate</c>.</param>
    public bool TryWriteEvidence(PooledBuffer output, string key)
    {
        if (!_beliefs.TryGet(Encoding.UTF8.GetBytes(key), out var belief) || belief.EvidenceCount == 0)
            return false;
        WriteEvidence(output, belief, belief.EvidenceCount);
        return true;
    }

    /// <summary>Which sections a belief is in, from the one that counts most: attested, disputed, local, archived.</summary>
    public IReadOnlyList<BeliefNamespace> SectionsOf(string key)
    {
        if (!_beliefs.TryGet(Encoding.UTF8.GetBytes(key), out var belief))
            return [];
        BeliefNamespace[] sections = [BeliefNamespace.Canonical, BeliefNamespace.Contested, BeliefNamespace.Local, BeliefNamespace.Archived];
        return [.. sections.Where(belief.IsIn)];
    }
}

/// <summary>Which beliefs of a section are asked for.</summary>
/// <param name="Section">The section.</param>
public sealed record BeliefQuery(BeliefNamespace Section)
{
    /// <summary>Only keys, <c>subject:predicate</c>, that contain this text; null for all.</summary>
    public string? KeyPattern { get; init; }

    /// <summary>Only keys beyond this one, which need not exist; null for all.</summary>
    public string? After { get; init; }

    /// <summary>At most so many.</summary>
    public int Limit { get; init; } = int.MaxValue;

    /// <summary>The page ends with the belief that fills so many bytes; the first is there however large it is.</summary>
    public int MaxBytes { get; init; } = int.MaxValue;
}

/// <summary>How many beliefs the sections of a state hold; a belief may stand in several.</summary>
/// <param name="Canonical">Attested.</param>
/// <param name="Local">Resting on observations.</param>
/// <param name="Contested">In dispute.</param>
/// <param name="Archived">Superseded or retracted.</param>
public readonly record struct BeliefCounts(int Canonical, int Local, int Contested, int Archived);
