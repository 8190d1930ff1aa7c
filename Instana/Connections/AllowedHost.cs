using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Granary.Instana.Connections;

/// <summary>One entry of an allow-list, read once.</summary>
internal readonly record struct AllowedHost(string Scheme, string Host, int Port, bool AnySubdomain)
{
    public static bool TryParse(string entry, out AllowedHost host, [NotNullWhen(false)] out string? problem)
    {
        host = default;
        var scheme = Uri.UriSchemeHttps;
        var rest = entry;
        var divider = entry.IndexOf("://", StringComparison.Ordinal);
        if (divider >= 0)
        {
            scheme = entry[..divider].ToLowerInvariant();
            rest = entry[(divider + 3)..];
        }
        var wildcard = rest.StartsWith("*.", StringComparison.Ordinal);
        var name = wildcard ? rest[2..] : rest;
        if (scheme is not ("http" or "https")
            || name.Contains('*', StringComparison.Ordinal)
            || !BaseUrlRules.TryNormalise($"{scheme}://{name}", out var origin, out _))
        {
            problem = $"'{entry}' is not an allowed-host entry; write a host, host:port, *.domain or http://127.0.0.1:8090.";
            return false;
        }
        problem = CheckReach(entry, scheme, wildcard, origin);
        host = new AllowedHost(scheme, origin.Host, origin.Port, wildcard);
        return problem is null;
    }

    public bool Matches(Uri origin)
    {
        if (origin.Scheme != Scheme || origin.Port != Port)
            return false;
        if (!AnySubdomain)
            return origin.Host == Host;
        return origin.HostNameType == UriHostNameType.Dns
            && origin.Host.Length > Host.Length + 1
            && origin.Host[^(Host.Length + 1)] == '.'
            && origin.Host.EndsWith(Host, StringComparison.Ordinal);
    }

    public override string ToString() => $"{Scheme}://{(AnySubdomain ? "*." : "")}{Host}:{Port}";

    private static string? CheckReach(string entry, string scheme, bool wildcard, Uri origin)
    {
        if (!wildcard)
            return null;
        if (scheme == Uri.UriSchemeHttp)
            return $"'{entry}' would allow plain http for a whole domain; name each host.";
        // "*.com" would allow almost anybody, "*.0.0.1" looks like an address and is none.
        return !origin.Host.Contains('.', StringComparison.Ordinal) || IPAddress.TryParse(origin.DnsSafeHost, out _)
            ? $"'{entry}' allows too much; a pattern needs a domain of at least two names, for example *.example.com."
            : null;
    }
}
