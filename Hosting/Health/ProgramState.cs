namespace Granary.Hosting.Health;

/// <summary>A part that a program cannot serve without, and that may not be there yet.</summary>
public interface IReadiness
{
    /// <summary>Known without asking anybody.</summary>
    bool IsReady { get; }
}

/// <summary>
/// Where a program is between its start and its stop; what probes ask. It is known without a call: a probe that calls a tenant turns one slow tenant into
/// a restart.
/// </summary>
/// <param name="parts">What it cannot serve without.</param>
public class ProgramState(IEnumerable<IReadiness> parts)
{
    private readonly IReadiness[] _parts = [.. parts];
    private volatile bool _started;
    private volatile bool _draining;

    /// <summary>True once the program can serve.</summary>
    public bool IsStarted => _started;

    /// <summary>True from the first moment of the stop.</summary>
    public bool IsDraining => _draining;

    /// <summary>
    /// True while the program should get requests: not before the start, not while a part it cannot do without is away, and not from the first moment of
    /// the stop, so that load balancers look elsewhere while calls finish.
    /// </summary>
    public bool IsReady => _started && !_draining && Array.TrueForAll(_parts, part => part.IsReady);

    /// <summary>The program serves from now on.</summary>
    public void Started() => _started = true;

    /// <summary>The program is not ready from now on.</summary>
    public void Drain() => _draining = true;
}
