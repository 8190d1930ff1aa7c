using System.Text;
using System.Text.RegularExpressions;

namespace Granary.Gateway.Schemas;

/// <summary>
/// Regular expressions of a schema. They follow ECMA-262, so what .NET reads differently is rewritten; they run on the engine that
/// takes time in proportion to the text, so a pattern can never hang a request, and look-around and back-references are refused.
/// </summary>
internal static class EcmaPattern
{
    private const int MaxLength = 1_000;
    private const string Space = @"\t\n\v\f\r \u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF";

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="FormatException">It cannot be used; the message says why.</exception>
    public static Regex Compile(string pattern)
    {
        if (pattern.Length > MaxLength)
            throw new FormatException($"the pattern is longer than {MaxLength} characters");
        try
        {
            return new Regex(Translate(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            throw new FormatException(
                "the pattern uses look-around, back-references, atomic groups or very large counts, which can make one match take forever");
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"the pattern is no regular expression ({e.Message.TrimEnd('.')})");
        }
    }

    private static string Translate(string pattern)
    {
        var text = new StringBuilder(pattern.Length + 16);
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
                text.Append(Escape(pattern[++i], inClass));
            else if (inClass && c == '[')
                text.Append(@"\["); // .NET would take `-[` for a subtraction
            else if (!inClass && c == '$')
                text.Append(@"\z"); // .NET's $ also matches before a last line feed
            else if (!inClass && c == '.')
                text.Append(@"[^\n\r\u2028\u2029]");
            else
                text.Append(c);
            if (c == '[' && !inClass)
                inClass = true;
            else if (c == ']' && inClass)
                inClass = false;
        }
        return text.ToString();
    }

    private static string Escape(char c, bool inClass)
    {
        var (set, open, close) = c switch
        {
            'd' => ("0-9", "[", "]"),
            'w' => ("A-Za-z0-9_", "[", "]"),
            'D' => (@"\u0000-/:-\uFFFF", "[", "]"),
            'W' => (@"\u0000-/:-@\[-\^`{-\uFFFF", "[", "]"),
            's' => (Space, "[", "]"),
            'S' when !inClass => (Space, "[^", "]"),
            '/' => ("/", "", ""),
            'A' or 'Z' or 'z' or 'G' or 'a' => throw new FormatException($@"the pattern uses \{c}, which ECMA-262 does not have"),
            _ => ($@"\{c}", "", ""),
        };
        return inClass ? set : open + set + close;
    }
}
