using Granary.Hosting.Configuration;

namespace Granary.Gateway.Configuration;

/// <summary>
/// A page's origin as browsers write it: scheme, host, and a port where it is not the scheme's own, in lower case and with nothing behind (RFC 6454, 6.2).
/// What is written in another way comes from no browser.
/// </summary>
internal static class Origin
{
    /// <summary>The origin in the one spelling it has; null for text that is no origin of a page that was loaded over HTTP.</summary>
    public static string? Normalize(string text)
    {
        var lower = text.ToLowerInvariant();
        return IsOrigin(lower) ? lower : null;
    }

    /// <summary>Whether a header has an origin as a browser sends it.</summary>
    public static bool IsOrigin(string text)
    {
        var scheme = text.StartsWith("https://", StringComparison.Ordinal) ? "https://" : text.StartsWith("http://", StringComparison.Ordinal) ? "http://" : null;
        if (scheme is null)
            return false;
        var authority = text[scheme.Length..];
        if (HostNames.WithoutPort(authority) is not { } host || authority.Any(char.IsAsciiLetterUpper))
            return false;
        var port = authority[host.Length..];
        return port.Length == 0 || (port[1] != '0' && port != (scheme == "https://" ? ":443" : ":80"));
    }

    /// <summary>Host and port of an origin.</summary>
    public static string Authority(string origin) => origin[(origin.IndexOf("://", StringComparison.Ordinal) + 3)..];
}
