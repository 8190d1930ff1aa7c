using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Granary.Silo.Membership;

/// <summary>Which connections to other silos are open, and the news that one has ended.</summary>
/// <remarks>
/// Two silos share one connection, which either may have opened. One that a peer opened comes from a port that says nothing about whose it is, so only its end is told.
/// </remarks>
internal sealed class PeerConnections
{
    private readonly ConcurrentDictionary<EndPoint, int> _open = new();
    private readonly SemaphoreSlim _ended = new(0);

    /// <summary>Whether this silo has opened a connection to the other, and it has not ended.</summary>
    public bool IsOpen(EndPoint peer) => _open.GetValueOrDefault(peer) > 0;

    /// <summary>Completes when a connection ends, or with the time.</summary>
    /// <returns>Whether one ended.</returns>
    public async Task<bool> WaitForEndAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        var end = _ended.WaitAsync(either.Token);
        await end.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        return end.IsCompletedSuccessfully;
    }

    /// <summary>Around every connection that this silo opens to another.</summary>
    public ConnectionDelegate ObserveOutbound(ConnectionDelegate next) => async connection =>
    {
        if (connection.RemoteEndPoint is not { } peer)
        {
            await next(connection);
            return;
        }
        _open.AddOrUpdate(peer, 1, static (_, count) => count + 1);
        try
        {
            await next(connection);
        }
        finally
        {
            if (_open.AddOrUpdate(peer, 0, static (_, count) => count - 1) == 0)
                _open.TryRemove(new KeyValuePair<EndPoint, int>(peer, 0));
            _ended.Release();
        }
    };

    /// <summary>Around every connection that another silo opens to this one.</summary>
    public ConnectionDelegate ObserveInbound(ConnectionDelegate next) => async connection =>
    {
        try
        {
            await next(connection);
        }
        finally
        {
            _ended.Release();
        }
    };
}
