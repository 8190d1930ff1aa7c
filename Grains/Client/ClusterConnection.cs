namespace Granary.Grains.Client;

/// <summary>Whether this process can reach silos now.</summary>
public sealed class ClusterConnection : IClusterConnectionStatusObserver
{
    private volatile int _silos;

    /// <summary>True while at least one silo is connected.</summary>
    public bool IsConnected => _silos > 0;

    /// <summary>A silo was connected, or one is gone.</summary>
    public event EventHandler? Changed;

    /// <inheritdoc />
    public void NotifyGatewayCountChanged(int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered)
    {
        _silos = currentNumberOfGateways;
        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <inheritdoc />
    public void NotifyClusterConnectionLost() => _silos = 0;
}
