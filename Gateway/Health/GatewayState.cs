namespace Granary.Gateway.Health;

/// <summary>Where the gateway stands in its life; what probes and streams look at.</summary>
internal sealed class GatewayState : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>True once the server listens.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>False before the start and from the first moment of the stop: load balancers look elsewhere while calls finish.</summary>
    public bool IsReady => IsStarted && !_stopping.IsCancellationRequested && !IsDraining;

    public bool IsDraining { get; private set; }

    /// <summary>Cancelled when streams must end.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public void Started() => IsStarted = true;

    public void Drain() => IsDraining = true;

    public void Stop() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();
}
