namespace Granary.Grains.Client;

/// <summary>Whether this process can reach silos now.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A token source without timer or wait handle holds nothing to dispose.")]
public sealed class ClusterConnection : IClusterConnectionStatusObserver
{
    private volatile int _silos;
    private CancellationTokenSource _loss = new();

    /// <summary>True while at least one silo is connected.</summary>
    public bool IsConnected => _silos > 0;

    /// <summary>
    /// Cancelled when a connection to a silo ends, and then another one: the answers it would have carried are lost, and whoever may repeat a call need
    /// not wait until its time is up.
    /// </summary>
    public CancellationToken Loss => Volatile.Read(ref _loss).Token;

    /// <summary>A silo was connected, or one is gone.</summary>
    public event EventHandler? Changed;

    /// <inheritdoc />
    public void NotifyGatewayCountChanged(int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered)
    {
        _silos = currentNumberOfGateways;
        // Not disposed: calls may still be looking at it, and it holds nothing.
        if (currentNumberOfGateways < previousNumberOfGateways)
            _ = Interlocked.Exchange(ref _loss, new CancellationTokenSource()).CancelAsync();
        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <inheritdoc />
    public void NotifyClusterConnectionLost() => _silos = 0;
}
