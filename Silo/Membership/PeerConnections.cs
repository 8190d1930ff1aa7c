using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Granary.Silo.Membership;

/// <summary>Which connections to other silos are open, and the news that one has ended.</summary>
internal sealed class PeerConnections
{
    private readonly ConcurrentDictionary<EndPoint, int> _open = new();
    private readonly SemaphoreSlim _ended = new(0);

    public bool IsOpen(EndPoint peer) => _open.GetValueOrDefault(peer) > 0;

    /// <summary>Completes when a connection ends, or with the time.</summary>
    public Task WaitForEndAsync(TimeSpan limit, CancellationToken cancellation) => _ended.WaitAsync(limit, cancellation);

    /// <summary>Around every connection that this silo opens to another.</summary>
    public ConnectionDelegate Observe(ConnectionDelegate next) => async connection =>
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
}
