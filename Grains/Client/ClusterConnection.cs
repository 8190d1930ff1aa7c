namespace Granary.Grains.Client;

/// <summary>Whether this process can reach silos now.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A token source without timer or wait handle holds nothing to dispose.")]
public sealed class ClusterConnection(TimeProvider time) : IClusterConnectionStatusObserver
{
    /// <summary>For so long after the last connection ended another one is on its way, and calls wait for it: no reason to send callers elsewhere.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A call that began when a silo had just died may have been handed on to it by a living one, which wrote it to a connection that was dead. Nobody says so; so the
    /// loss is told once more, when the living must have noticed it.
    /// </summary>
    private static readonly TimeSpan Echo = TimeSpan.FromSeconds(1);

    private volatile int _silos;
    private long _lostAt = -1;
    private CancellationTokenSource _loss = new();

    /// <summary>True while at least one silo is connected, and for a moment after.</summary>
    public bool IsConnected => _silos > 0 || (Volatile.Read(ref _lostAt) is >= 0 and var lost && time.GetElapsedTime(lost) < Grace);

    /// <summary>True once a call has gone through a silo often enough that what it takes is compiled here, while silos are connected.</summary>
    public bool IsReady => IsConnected && IsWarm;

    /// <summary>See <see cref="IsReady"/>.</summary>
    internal bool IsWarm { get; set; }

    /// <summary>How many silos are connected.</summary>
    internal int Count => _silos;

    /// <summary>True when there was a silo and there is none any more.</summary>
    internal bool IsLost => _silos == 0 && Volatile.Read(ref _lostAt) >= 0;

    /// <summary>How long there has been none; zero while there is one, and before there was any.</summary>
    internal TimeSpan LostFor => IsLost ? time.GetElapsedTime(Volatile.Read(ref _lostAt)) : TimeSpan.Zero;

    /// <summary>
    /// Cancelled when a connection to a silo ends and once more a second later, and then another one: the answers it would have carried are lost, and callers that may
    /// repeat a call need not wait until its time is up.
    /// </summary>
    public CancellationToken Loss => Volatile.Read(ref _loss).Token;

    /// <summary>A silo was connected, or one is gone.</summary>
    public event EventHandler? Changed;

    /// <inheritdoc />
    public void NotifyGatewayCountChanged(int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered)
    {
        if (currentNumberOfGateways == 0 && previousNumberOfGateways > 0)
            Volatile.Write(ref _lostAt, time.GetTimestamp());
        _silos = currentNumberOfGateways;
        if (currentNumberOfGateways < previousNumberOfGateways)
            _ = TellLossAsync();
        Changed?.Invoke(this, EventArgs.Empty);
    }

    private async Task TellLossAsync()
    {
        // Not disposed: calls may still be looking at it, and it holds nothing.
        _ = Interlocked.Exchange(ref _loss, new CancellationTokenSource()).CancelAsync();
        await Task.Delay(Echo, time);
        _ = Interlocked.Exchange(ref _loss, new CancellationTokenSource()).CancelAsync();
    }

    /// <inheritdoc />
    public void NotifyClusterConnectionLost() => NotifyGatewayCountChanged(0, _silos, connectionRecovered: false);
}
