using System.Security.Cryptography;
using System.Text;

namespace Granary.Simulator.Traffic;

/// <summary>Makes a credential recognisable without telling it: its scheme, and the beginning of its hash.</summary>
internal static class Secrets
{
    private static readonly HashSet<string> Headers = new(StringComparer.OrdinalIgnoreCase) { "authorization", "cookie", "x-csrf-token",
        "proxy-authorization" };

    public static string Show(string header, string value)
    {
        if (!Headers.Contains(header))
            return value;
        var space = value.IndexOf(' ', StringComparison.Ordinal);
        var scheme = space > 0 && header.EndsWith("authorization", StringComparison.OrdinalIgnoreCase) ? value[..(space + 1)] : "";
        return $"{scheme}sha256:{Hash(value[scheme.Length..])}";
    }

    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)))[..16];
}
