using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Granary.Scenarios.Faults;

/// <summary>
/// A wire between two processes that can be cut. A cut is a partition and no reset: what is sent stays unread, nobody is told, and when the
/// wire heals it arrives late.
/// </summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource _open = Completed();

    /// <summary>Listens on loopback and leads to a port there.</summary>
    /// <param name="port">Where to listen; 0 takes a free port.</param>
    /// <param name="target">Where it leads.</param>
    public TcpProxy(int port, int target)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _target = new IPEndPoint(IPAddress.Loopback, target);
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Lets nothing through any more, in either direction.</summary>
    public void Cut()
    {
        if (_open.Task.IsCompleted)
            _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Lets everything through again, what waited first.</summary>
    public void Heal() => _open.TrySetResult();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
    }

    private static TaskCompletionSource Completed()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                var connection = Task.Run(() => ServeAsync(socket), CancellationToken.None);
                _connections[connection] = true;
                _ = connection.ContinueWith(
                    done => _connections.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(Socket from)
    {
        using (from)
        using (var to = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })
        {
            from.NoDelay = true;
            try
            {
                await _open.Task.WaitAsync(_stop.Token);
                await to.ConnectAsync(_target, _stop.Token);
                await Task.WhenAny(PumpAsync(from, to), PumpAsync(to, from));
                // The news that one side is gone does not pass a cut wire either.
                await _open.Task.WaitAsync(_stop.Token);
                to.Shutdown(SocketShutdown.Both);
                from.Shutdown(SocketShutdown.Both);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // Either side is gone, and no longer there to be told.
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is var received and > 0)
            {
                await _open.Task.WaitAsync(_stop.Token);
                for (var sent = 0; sent < received;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, received - sent), _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Either side is gone; the other pump ends with it.
        }
    }
}
