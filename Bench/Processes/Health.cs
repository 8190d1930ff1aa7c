using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Granary.Bench.Processes;

/// <summary>Asks <c>/health</c>, or what is below it, with nothing in between, so that a start is timed to the millisecond.</summary>
internal static class Health
{
    /// <summary>Whether <c>/health</c> answers 200.</summary>
    public static Task<bool> IsHealthyAsync(IPEndPoint endPoint, CancellationToken cancellation) => IsOkAsync(endPoint, cancellation);

    /// <summary>Whether somebody listens.</summary>
    public static async Task<bool> TakesConnectionsAsync(IPEndPoint endPoint, CancellationToken cancellation)
    {
        try
        {
            using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(endPoint, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Whether the answer is 200; false as well when nobody listens.</summary>
    public static async Task<bool> IsOkAsync(IPEndPoint endPoint, CancellationToken cancellation, string path = "/health")
    {
        try
        {
            using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(endPoint, cancellation);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"), cancellation);
            var buffer = new byte[512];
            var received = await socket.ReceiveAsync(buffer, cancellation);
            return buffer.AsSpan(0, received).StartsWith("HTTP/1.1 200"u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
