namespace Granary.Scenarios.Results;

/// <summary>What is wrong, collected while a scenario looks at all of it.</summary>
internal sealed class Findings
{
    private const int Shown = 3;

    private readonly List<string> _all = [];

    /// <summary>All of them.</summary>
    public IReadOnlyList<string> All => _all;

    /// <summary>Adds one.</summary>
    public void Add(string finding) => _all.Add(finding);

    /// <summary>Adds one unless a condition holds.</summary>
    public void Require(bool condition, string otherwise)
    {
        if (!condition)
            Add(otherwise);
    }

    /// <summary>The first few in one line.</summary>
    public override string ToString() =>
        string.Join("; ", _all.Take(Shown)) + (_all.Count > Shown ? $"; and {_all.Count - Shown} more" : "");
}
