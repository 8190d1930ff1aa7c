using System.Net;
using System.Net.Sockets;

namespace Granary.Bench.Processes;

/// <summary>Asks <c>/health</c> with nothing in between, so that a start is timed to the millisecond.</summary>
internal static class Health
{
    private static readonly byte[] Request = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"u8.ToArray();

    /// <summary>Whether the answer is 200; false as well when nobody listens.</summary>
    public static async Task<bool> IsOkAsync(IPEndPoint endPoint, CancellationToken cancellation)
    {
        try
        {
            using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(endPoint, cancellation);
            await socket.SendAsync(Request, cancellation);
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
