using System.Diagnostics.CodeAnalysis;
using System.Text;
using Granary.Tenants;

namespace Granary.Gateway.Resources.Vaults;

/// <summary>
/// <c>vault://{name}/{path}</c>. The name is one percent-encoded component, so a vault <c>team/notes</c> is <c>vault://team%2Fnotes/head</c>.
/// Canonical: the scheme in lower case, every byte of the name but RFC 3986's unreserved characters as <c>%XX</c> in upper case. Names
/// distinguish case, unlike a host.
/// </summary>
internal static class VaultUri
{
    private const string Scheme = "vault://";

    /// <summary>The canonical URI of something of a vault.</summary>
    public static string Make(VaultName vault, string path) => $"{Scheme}{Uri.EscapeDataString(vault.Value)}/{path}";

    /// <summary>Reads any spelling; the path is what follows the name, as it is.</summary>
    public static bool TryParse(string uri, out VaultName vault, [NotNullWhen(true)] out string? path)
    {
        vault = default;
        path = null;
        if (!uri.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return false;
        var slash = uri.IndexOf('/', Scheme.Length);
        if (slash < 0 || !TryUnescape(uri.AsSpan(Scheme.Length, slash - Scheme.Length), out var name) || !VaultName.TryParse(name, out vault, out _))
            return false;
        path = uri[(slash + 1)..];
        return true;
    }

    /// <summary>
    /// Undoes percent-encoding. Not as Uri.UnescapeDataString, which leaves what is no escape as it is: such a spelling is equivalent to nothing.
    /// </summary>
    public static bool TryUnescape(ReadOnlySpan<char> escaped, out string text)
    {
        text = "";
        var bytes = new List<byte>(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] == '%')
            {
                if (i + 2 >= escaped.Length || !char.IsAsciiHexDigit(escaped[i + 1]) || !char.IsAsciiHexDigit(escaped[i + 2]))
                    return false;
                bytes.Add(Convert.FromHexString(escaped.Slice(i + 1, 2))[0]);
                i += 2;
            }
            else if (char.IsAscii(escaped[i]))
            {
                bytes.Add((byte)escaped[i]);
            }
            else
            {
                return false;
            }
        }
        try
        {
            text = StrictUtf8.GetString([.. bytes]);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
}
