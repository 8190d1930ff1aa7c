using System.Net;
using System.Net.Sockets;

namespace Granary.Instana.Connections;

/// <summary>
/// Which addresses a backend's name may lead to, checked when a socket is opened: a name that is allowed may be pointed at a private network afterwards.
/// </summary>
/// <remarks>
/// What is not public is in IANA's registries of special-purpose addresses for IPv4 and IPv6 (RFC 6890), multicast and class E beside them. An IPv4 address inside an
/// IPv6 one (mapped, NAT64, 6to4) is judged by itself.
/// </remarks>
internal static class AddressRules
{
    private static readonly IPNetwork[] NotPublic = Networks(
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 "
        + "192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4");

    private static readonly IPNetwork[] NotPublic6 = Networks("2001::/23 2001:db8::/32 2620:4f:8000::/48 3fff::/20");

    /// <summary>Nobody's backend: the link itself, where clouds answer with a machine's credentials, and what is no single host.</summary>
    private static readonly IPNetwork[] NeverByName = Networks("0.0.0.0/8 169.254.0.0/16 224.0.0.0/4 240.0.0.0/4 ::/128 fe80::/10 ff00::/8");

    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>Whether a host that a pattern allows may be at this address: it is public, or in a network of the operator's.</summary>
    public static bool AllowsForPattern(IPAddress address, IReadOnlyList<IPNetwork> networks) =>
        IsPublic(address) || Contains(networks, Inner(address));

    /// <summary>Whether a host that an operator named may be at this address. A private network is what a unit of one's own is often in.</summary>
    public static bool AllowsForName(IPAddress address) => !Contains(NeverByName, Inner(address));

    private static bool IsPublic(IPAddress address)
    {
        address = Inner(address);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? !Contains(NotPublic, address)
            : Global6.Contains(address) && !Contains(NotPublic6, address);
    }

    /// <summary>The IPv4 address that an IPv6 one leads to, or the address itself.</summary>
    private static IPAddress Inner(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        if (Nat64.Contains(address))
            return new IPAddress(bytes.AsSpan(12, 4));
        return SixToFour.Contains(address) ? new IPAddress(bytes.AsSpan(2, 4)) : address;
    }

    private static bool Contains(IReadOnlyList<IPNetwork> networks, IPAddress address)
    {
        foreach (var network in networks)
        {
            if (network.Contains(address))
                return true;
        }
        return false;
    }

    private static IPNetwork[] Networks(string list) => [.. list.Split(' ').Select(network => IPNetwork.Parse(network))];
}
