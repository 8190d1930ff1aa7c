using System.Net;
using System.Net.Sockets;

namespace Granary.Instana.Http;

/// <summary>
/// Opens a backend's sockets: it resolves the name, keeps the addresses that may be called, and connects to those and no other, so that a second answer of the name
/// service cannot lead elsewhere. A proxy is the operator's; what it connects to is its own to decide.
/// </summary>
internal static class CheckedConnect
{
    /// <param name="resolve">The addresses of a name.</param>
    /// <param name="allows">Whether an address may be called.</param>
    public static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> Create(
        Func<string, CancellationToken, Task<IPAddress[]>> resolve, Func<IPAddress, bool> allows) =>
        (context, cancellation) => ConnectAsync(context, resolve, allows, cancellation);

    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        Func<IPAddress, bool> allows,
        CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        // An address in the URL itself was named by an entry of the list: no pattern matches one.
        var isFree = IPAddress.TryParse(host, out _) || IsProxy(context.InitialRequestMessage, host, port);
        var found = await resolve(host, cancellation);
        var allowed = isFree ? found : Array.FindAll(found, address => allows(address));
        if (found.Length > 0 && allowed.Length == 0)
            throw new AddressRefusedException();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A proxy is asked for a tunnel, or is another host than the request's.</summary>
    private static bool IsProxy(HttpRequestMessage asked, string host, int port) =>
        asked.Method == HttpMethod.Connect || asked.RequestUri!.Port != port || !string.Equals(asked.RequestUri.IdnHost, host, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A name leads only to addresses that may not be called.</summary>
internal sealed class AddressRefusedException() : IOException("The name leads only to addresses that may not be called.");
