using System.Net;

namespace Granary.Gateway.Access;

/// <summary>A client's address as people write it.</summary>
internal static class ClientAddress
{
    public static string? Text(IPAddress? address) => (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString();
}
