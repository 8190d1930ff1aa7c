using System.Net;
using System.Net.Sockets;

namespace Granary.Bench.Processes;

/// <summary>Ports for the servers of a run.</summary>
internal static class Ports
{
    /// <summary>A loopback port that is free now.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
