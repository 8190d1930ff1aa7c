namespace Granary.Gateway.Schemas;

/// <summary>Which properties or items of one value some schema has looked at, by their place in the value.</summary>
internal sealed class Evaluated
{
    private readonly HashSet<int> _places = [];
    private int _upTo;

    /// <summary>One property or item.</summary>
    public void Mark(int place) => _places.Add(place);

    /// <summary>All before <paramref name="end"/>.</summary>
    public void MarkUpTo(int end) => _upTo = Math.Max(_upTo, end);

    /// <summary>Whether the place has been looked at.</summary>
    public bool Contains(int place) => place < _upTo || _places.Contains(place);

    /// <summary>Takes over what a branch that holds has looked at.</summary>
    public void Add(Evaluated other)
    {
        MarkUpTo(other._upTo);
        _places.UnionWith(other._places);
    }
}
