using Granary.Hosting.Health;

namespace Granary.Gateway.Health;

/// <summary>The gateway's lifecycle state; what probes and streams look at.</summary>
internal sealed class GatewayState(IEnumerable<IReadiness> parts) : ProgramState(parts), IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Cancelled when streams must end.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public void Stop()
    {
        Drain();
        _stopping.Cancel();
    }

    public void Dispose() => _stopping.Dispose();
}
