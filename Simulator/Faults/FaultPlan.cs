namespace Granary.Simulator.Faults;

/// <summary>The faults that are still to come, first come first served; each is used up by as many requests as it says.</summary>
public sealed class FaultPlan
{
    private readonly Lock _lock = new();
    private readonly Queue<Fault> _faults = new();
    private int _used;

    /// <summary>Adds a fault after those that are there.</summary>
    public void Add(Fault fault)
    {
        lock (_lock)
            _faults.Enqueue(fault);
    }

    /// <summary>Forgets all of them.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _faults.Clear();
            _used = 0;
        }
    }

    internal Fault? Take()
    {
        lock (_lock)
        {
            if (!_faults.TryPeek(out var fault))
                return null;
            if (++_used >= fault.Count)
            {
                _faults.Dequeue();
                _used = 0;
            }
            return fault;
        }
    }
}
