using Granary.Hosting.Health;

namespace Granary.Gateway.Health;

/// <summary>The gateway's lifecycle state; what probes and streams look at.</summary>
internal sealed class GatewayState(IEnumerable<IReadiness> parts) : IProgramState, IDisposable
{
    private readonly IReadiness[] _parts = [.. parts];
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>True once the server listens.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>
    /// False before the start, while a part it cannot do without is away, and from the first moment of the stop: load balancers look elsewhere while
    /// calls finish.
    /// </summary>
    public bool IsReady => IsStarted && !_stopping.IsCancellationRequested && !IsDraining && Array.TrueForAll(_parts, part => part.IsReady);

    public bool IsDraining { get; private set; }

    /// <summary>Cancelled when streams must end.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public void Started() => IsStarted = true;

    public void Drain() => IsDraining = true;

    public void Stop() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();
}

/// <summary>A part that a gateway cannot serve without, and that may not be there yet.</summary>
internal interface IReadiness
{
    /// <summary>Known without asking anybody.</summary>
    bool IsReady { get; }
}
