using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Microsoft.AspNetCore.Connections;

namespace Granary.Gateway.Limits;

/// <summary>
/// How many connections one client address may hold: a connection names no key before its first request, and one that stays idle never does. Trusted
/// proxies carry many clients and are not counted.
/// </summary>
internal sealed class AddressConnections(GatewayOptions options, Refusals refusals)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _open = [];

    /// <summary>Whether there is a bound.</summary>
    public bool AreSet => options.MaxConnectionsPerAddress > 0;

    /// <summary>Serves a connection, or closes it where its address has as many as it may.</summary>
    public async Task InvokeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (ClientOf(connection) is not { } client)
        {
            await next(connection);
            return;
        }
        if (!Enter(client))
        {
            refusals.Record(client, StatusCodes.Status429TooManyRequests, "connections of the address", key: null);
            connection.Abort();
            return;
        }
        try
        {
            await next(connection);
        }
        finally
        {
            Leave(client);
        }
    }

    /// <summary>Who is counted for a connection; null where nobody is.</summary>
    private IPAddress? ClientOf(ConnectionContext connection)
    {
        if (connection.RemoteEndPoint is not IPEndPoint { Address: var address })
            return null;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return options.TrustedProxies.Any(network => network.Contains(address)) ? null : Network(address);
    }

    /// <summary>An IPv6 client commonly has 2^64 addresses.</summary>
    private static IPAddress Network(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private bool Enter(IPAddress client)
    {
        lock (_lock)
        {
            ref var open = ref CollectionsMarshal.GetValueRefOrAddDefault(_open, client, out _);
            if (open >= options.MaxConnectionsPerAddress)
                return false;
            open++;
            return true;
        }
    }

    private void Leave(IPAddress client)
    {
        lock (_lock)
        {
            if (--_open[client] == 0)
                _open.Remove(client);
        }
    }
}
