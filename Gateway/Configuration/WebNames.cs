using System.Net;
using Granary.Hosting.Configuration;

namespace Granary.Gateway.Configuration;

/// <summary>Checks the names that requests are compared with: one that can match nothing is a mistake to be told at the start.</summary>
internal static class WebNames
{
    /// <exception cref="InvalidDataException">An entry is no host name.</exception>
    public static IReadOnlyList<string> Hosts(IReadOnlyList<string> hosts)
    {
        foreach (var host in hosts)
        {
            if (host != "*" && HostNames.WithoutPort(host) is null && HostNames.WithoutPort($"[{host}]") is null)
            {
                throw new InvalidDataException(
                    $"--allowed-hosts (GRANARY_ALLOWED_HOSTS) has whole host names, with or without a port, or * for any, for example granary.example.com; it has '{host}'.");
            }
        }
        return hosts;
    }

    /// <exception cref="InvalidDataException">An entry is no origin.</exception>
    public static IReadOnlyList<string> Origins(IReadOnlyList<string> origins)
    {
        var read = new List<string>();
        foreach (var origin in origins)
        {
            read.Add(origin == "*" ? origin : Origin.Normalize(origin.EndsWith('/') ? origin[..^1] : origin) ?? throw new InvalidDataException(
                "--allowed-origins (GRANARY_ALLOWED_ORIGINS) has origins as browsers send them: a scheme, a whole host name and a port that is not the scheme's own, or * for any, "
                + $"for example https://inspector.example.com; it has '{origin}'."));
        }
        return read;
    }

    /// <summary>Addresses and networks: <c>10.0.0.0/8</c>, or one address.</summary>
    /// <exception cref="InvalidDataException">An entry is neither.</exception>
    public static IReadOnlyList<IPNetwork> Networks(IReadOnlyList<string> entries) => [.. entries.Select(entry =>
    {
        if (IPNetwork.TryParse(entry, out var network))
            return network;
        return IPAddress.TryParse(entry, out var address)
            ? new IPNetwork(address, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128)
            : throw new InvalidDataException(
                $"GRANARY_TRUSTED_PROXIES has addresses and networks of proxies whose X-Forwarded-For is believed, for example 10.1.2.3 or 10.0.0.0/8; it has '{entry}'.");
    })];

    /// <exception cref="InvalidDataException">It is no address that tokens can be made for.</exception>
    public static Uri? PublicUrl(string? text)
    {
        if (text is null)
            return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            && address is { Query: "", Fragment: "", UserInfo: "" } && !address.AbsolutePath.TrimEnd('/').EndsWith("/mcp", StringComparison.Ordinal)
            ? address
            : throw new InvalidDataException(
                "--public-url (GRANARY_PUBLIC_URL) is the https address at which clients reach this gateway, without /mcp, query and fragment (http on loopback only), "
                + $"for example https://granary.example.com; it is '{text}'.");
    }

    /// <exception cref="InvalidDataException">It is no path.</exception>
    public static string PathBase(string? path)
    {
        var trimmed = path?.TrimEnd('/') ?? "";
        return trimmed.Length == 0 || PathPrefix.IsValid(trimmed)
            ? trimmed
            : throw new InvalidDataException($"--path-base (GRANARY_PATH_BASE) is a path such as /granary: letters, digits, '-', '.', '_', '~' and single '/'; it is '{path}'.");
    }
}
