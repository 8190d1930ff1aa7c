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

    /// <summary>Appends the beliefs of a section as an object by key, as in the state.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="section">The section.</param>
    /// <param name="keyPattern">Only keys, <c>subject:predicate</c>, that contain this text; null for all.</param>
    public void WriteBeliefs(PooledBuffer output, BeliefNamespace section, string? keyPattern = null) =>
        WriteEntries(output, section, Encoding.UTF8.GetBytes(keyPattern ?? ""), null);

    /// <summary>Appends all evidence of a belief, an object of lists by the canonical text of the value; false, and nothing appended, where there is none.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="key">The belief's key, <c>subject:predicate</c>.</param>
    public bool TryWriteEvidence(PooledBuffer output, string key)
    {
        if (!_beliefs.TryGet(Encoding.UTF8.GetBytes(key), out var belief) || belief.EvidenceCount == 0)
            return false;
        WriteEvidence(output, belief, belief.EvidenceCount);
        return true;
    }

    /// <summary>Which sections a belief stands in, from the one that counts most: attested, disputed, local, archived.</summary>
    public IReadOnlyList<BeliefNamespace> SectionsOf(string key)
    {
        if (!_beliefs.TryGet(Encoding.UTF8.GetBytes(key), out var belief))
            return [];
        BeliefNamespace[] sections = [BeliefNamespace.Canonical, BeliefNamespace.Contested, BeliefNamespace.Local, BeliefNamespace.Archived];
        return [.. sections.Where(belief.IsIn)];
    }
}

/// <summary>How many beliefs the sections of a state hold; a belief may stand in several.</summary>
/// <param name="Canonical">Attested.</param>
/// <param name="Local">Resting on observations.</param>
/// <param name="Contested">In dispute.</param>
/// <param name="Archived">Superseded or retracted.</param>
public readonly record struct BeliefCounts(int Canonical, int Local, int Contested, int Archived);
