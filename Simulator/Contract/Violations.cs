using System.Collections.Concurrent;

namespace Granary.Simulator.Contract;

/// <summary>A request that the contract does not allow.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path.</param>
/// <param name="Status">What it was answered with.</param>
/// <param name="Problems">What is wrong with it.</param>
public sealed record Violation(string Method, string Path, int Status, IReadOnlyList<string> Problems);

/// <summary>What clients did that the contract does not allow: a test of a client asserts that there is nothing.</summary>
public sealed class Violations
{
    private const int MaxKept = 1000;

    private readonly ConcurrentQueue<Violation> _all = new();

    /// <summary>The last ones, oldest first.</summary>
    public IReadOnlyList<Violation> All => [.. _all];

    /// <summary>Forgets them.</summary>
    public void Clear() => _all.Clear();

    internal void Add(Violation violation)
    {
        _all.Enqueue(violation);
        while (_all.Count > MaxKept)
            _all.TryDequeue(out _);
    }
}
