using System.Net;
using System.Net.Sockets;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cluster;

/// <summary>Where on loopback a cluster's processes can listen.</summary>
internal static class PortBlock
{
    /// <summary>How many ports from the endpoint's on belong to a cluster.</summary>
    public const int Size = 60;

    private const int First = 18080;
    private const int Last = 30000;

    /// <summary>The first port of the first block that nobody uses.</summary>
    /// <exception cref="ScenarioException">Every block is taken.</exception>
    public static int Find(int from = First)
    {
        for (var port = from; port < Last; port += Size)
        {
            if (Enumerable.Range(port, Size).All(IsFree))
                return port;
        }
        throw new ScenarioException($"No {Size} ports in a row are free on loopback between {from} and {Last}; choose them with --port.");
    }

    /// <summary>Whether a listener gets what is sent to its port: a container's published port is free to bind, and its traffic goes elsewhere.</summary>
    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        using var caller = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            listener.Start();
            caller.Connect(listener.LocalEndpoint);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
        }
        catch (SocketException)
        {
            return false;
        }
        return listener.Server.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectRead);
    }
}
