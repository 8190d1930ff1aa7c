using System.Globalization;
using System.Text;

namespace Granary.Cli.Output;

/// <summary>
/// Text from vaults, files and command lines on its way to a terminal: what would move the cursor, colour, hide, or turn the reading order is shown as
/// an escape instead of being sent. Letters of any script, emoji included, stay as they are.
/// </summary>
internal static class ShownText
{
    /// <summary>Text that stays on its line.</summary>
    public static string Line(string text) => Show(text, lines: false);

    /// <summary>Text of several lines.</summary>
    public static string Document(string text) => Show(text, lines: true);

    /// <summary>Whether a terminal, or a reader, would be misled by it.</summary>
    public static bool IsMisleading(char c) => char.IsControl(c) || c is '\u2028' or '\u2029'
        // Joiners make up letters and emoji; all other format characters are invisible, and those for the direction reorder what stands around them.
        || (c is not ('\u200c' or '\u200d') && char.GetUnicodeCategory(c) == UnicodeCategory.Format);

    /// <summary>Appends the escape that stands for a character.</summary>
    public static void Escape(StringBuilder output, char c) => output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");

    private static string Show(string text, bool lines)
    {
        StringBuilder? shown = null;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var isPair = char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            var stays = c == '\t' || (c == '\n' && lines) || isPair || (!char.IsSurrogate(c) && !IsMisleading(c));
            if (!stays)
                shown ??= new StringBuilder(text, 0, i, text.Length + 16);
            if (shown is not null)
            {
                if (stays)
                    shown.Append(c);
                else
                    Escape(shown, c);
                if (isPair)
                    shown.Append(text[i + 1]);
            }
            if (isPair)
                i++;
        }
        return shown?.ToString() ?? text;
    }
}
