namespace Granary.Simulator.World;

/// <summary>
/// Chance that is the same every time: a sequence that follows from a seed and a place in the world (SplitMix64, whose
/// constants are public). The framework's own generators promise no sequence across versions.
/// </summary>
internal struct Dice(ulong seed, ulong place)
{
    private ulong _state = seed * 0x9E3779B97F4A7C15 ^ place * 0xD1B54A32D192ED03;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 to below <paramref name="count"/>.</summary>
    public int Below(int count) => (int)(Next() % (ulong)count);

    public bool Chance(int percent) => Below(100) < percent;

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];
}
