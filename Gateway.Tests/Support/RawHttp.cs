using System.Net.Sockets;
using System.Text;

namespace Granary.Gateway.Tests.Support;

/// <summary>Bytes on a socket, for what no HTTP client would send.</summary>
internal sealed class RawHttp : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);

    public static async Task<RawHttp> ConnectAsync(int port)
    {
        var raw = new RawHttp();
        await raw._socket.ConnectAsync("127.0.0.1", port);
        return raw;
    }

    /// <summary>Sends everything and reads until the server closes; the status line's number, 0 where there is none, and the whole text.</summary>
    public static async Task<(int Status, string Text)> ExchangeAsync(int port, byte[] request)
    {
        using var raw = new RawHttp();
        try
        {
            await raw._socket.ConnectAsync("127.0.0.1", port);
            await raw.SendAsync(request);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown)
        {
            // The server closed while we were still connecting or sending: what it said before counts.
        }
        return await raw.ReadAsync();
    }

    public static Task<(int Status, string Text)> ExchangeAsync(int port, string request) => ExchangeAsync(port, Encoding.Latin1.GetBytes(request));

    /// <summary>A POST's head; the connection closes after the answer.</summary>
    public static string Head(string extra, int? length) =>
        $"POST /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
        + (length is null ? "" : $"Content-Length: {length}\r\n") + extra + "\r\n";

    public async Task SendAsync(byte[] bytes)
    {
        var sent = 0;
        while (sent < bytes.Length)
            sent += await _socket.SendAsync(bytes.AsMemory(sent));
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>What comes next; the connection stays open.</summary>
    public async Task<string> ReadSomeAsync()
    {
        var buffer = new byte[8192];
        return Encoding.UTF8.GetString(buffer, 0, await _socket.ReceiveAsync(buffer).WaitAsync(Guard.Time));
    }

    public async Task<(int Status, string Text)> ReadAsync()
    {
        var text = new StringBuilder();
        var buffer = new byte[8192];
        try
        {
            while (await _socket.ReceiveAsync(buffer).WaitAsync(Guard.Time) is > 0 and var read)
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
        catch (SocketException)
        {
            // The server closed while we were still sending; what it said before counts.
        }
        var line = text.ToString().Split('\r')[0].Split(' ');
        return (line.Length > 1 ? int.Parse(line[1]) : 0, text.ToString());
    }

    /// <summary>Closes with a reset, as a process that dies does.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public void Dispose() => _socket.Dispose();
}
