using Granary.Simulator.World;

namespace Granary.Simulator.Faults;

/// <summary>The faults that are still to come: a request meets the first one that fits it; each is used up by as many requests as it says.</summary>
public sealed class FaultPlan
{
    private readonly Lock _lock = new();
    private readonly List<(Fault Fault, int Left)> _faults = [];
    private ulong _asked;

    /// <summary>Adds a fault after those that are there.</summary>
    public void Add(Fault fault)
    {
        lock (_lock)
            _faults.Add((fault, fault.Count));
    }

    /// <summary>Forgets all of them.</summary>
    public void Clear()
    {
        lock (_lock)
            _faults.Clear();
    }

    internal Fault? Take(string? token, string path, string? operation)
    {
        lock (_lock)
        {
            for (var i = 0; i < _faults.Count; i++)
            {
                var (fault, left) = _faults[i];
                if (!Fits(fault, token, path, operation) || !Happens(fault))
                    continue;
                if (left <= 1)
                    _faults.RemoveAt(i);
                else
                    _faults[i] = (fault, left - 1);
                return fault;
            }
            return null;
        }
    }

    private static bool Fits(Fault fault, string? token, string path, string? operation) =>
        (fault.Token is null || fault.Token == token)
        && (fault.Path is null || path.StartsWith(fault.Path, StringComparison.Ordinal))
        && (fault.Operation is null || fault.Operation == operation);

    /// <summary>The same requests in the same order meet the same faults.</summary>
    private bool Happens(Fault fault) => fault.Probability >= 1 || new Dice(7, ++_asked).Below(1_000_000) < fault.Probability * 1_000_000;
}
