using System.Buffers;
using System.Net;

namespace Granary.Hosting.Configuration;

/// <summary>Reads what a request says its host is. The header is anybody's text: it is compared as it is, never converted.</summary>
public static class HostNames
{
    private const int MaxLength = 255 + 6;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");

    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("abcdefABCDEF0123456789:.");

    /// <summary>The name or address of <c>host</c> or <c>host:port</c>; an IPv6 address keeps its brackets. Null for everything else.</summary>
    public static string? WithoutPort(string value)
    {
        if (value.Length is 0 or > MaxLength)
            return null;
        var end = value[0] == '[' ? value.IndexOf(']', StringComparison.Ordinal) + 1 : value.IndexOf(':', StringComparison.Ordinal);
        if (end < 0)
            end = value.Length;
        if (end == 0 || (end < value.Length && !IsPort(value.AsSpan(end))))
            return null;
        var host = value[..end];
        var fits = host[0] == '['
            ? host.AsSpan(1, host.Length - 2).IndexOfAnyExcept(AddressCharacters) < 0 && IPAddress.TryParse(host, out _)
            : host.AsSpan().IndexOfAnyExcept(NameCharacters) < 0;
        return fits ? host : null;
    }

    /// <summary>Whether a host is a name or an address of the machine itself.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static bool IsPort(ReadOnlySpan<char> text) =>
        text[0] == ':' && text.Length is > 1 and <= 6 && text[1..].IndexOfAnyExceptInRange('0', '9') < 0 && int.Parse(text[1..], System.Globalization.CultureInfo.InvariantCulture) <= 65535;
}
