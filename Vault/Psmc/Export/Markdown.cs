using System.Text;

namespace Granary.Vault.Psmc.Export;

/// <summary>Text of events inside Markdown: shown as it is, and nothing more. An event's author must not get links or HTML into what others open.</summary>
public static class Markdown
{
    private static readonly string[] Addresses = ["http:", "https:", "ftp:", "mailto:", "javascript:", "data:", "file:", "vbscript:", "www."];

    /// <summary>The text on one line, without live links, images, HTML, or spans of code that hide what follows.</summary>
    public static string Inert(string text)
    {
        var output = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            // Followed by a bracket, a backslash would undo the one put before it.
            if (c is '[' or ']' || (c == '\\' && i + 1 < text.Length && text[i + 1] is '[' or ']' or '\\'))
                output.Append('\\').Append(c);
            else if (c == '<')
                output.Append("&lt;");
            else if (char.IsControl(c))
                output.Append(' ');
            else if (c is ':' or '.' && EndsAddress(text, i))
                output.Append(c == ':' ? "&#58;" : "&#46;");
            else
                output.Append(c);
        }
        return output.ToString();
    }

    private static bool EndsAddress(string text, int at)
    {
        foreach (var address in Addresses)
        {
            if (at + 1 >= address.Length && text.AsSpan(at + 1 - address.Length, address.Length).Equals(address, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }
}
