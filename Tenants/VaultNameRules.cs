using System.Buffers;
using System.Globalization;
using System.Text;

namespace Granary.Tenants;

/// <summary>
/// What a part of a vault's name must not hold: what some system reads as another name, as a device, or as nothing. Two names that look the same would be
/// two vaults, and a reader could be shown the wrong one.
/// </summary>
internal static class VaultNameRules
{
    private static readonly SearchValues<string> Devices = SearchValues.Create(
        [
            "CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$",
            .. "0123456789\u00b9\u00b2\u00b3".SelectMany(digit => new[] { $"COM{digit}", $"LPT{digit}" }),
        ],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>What is wrong with a part, as the end of a sentence that begins with the field; null where nothing is.</summary>
    public static string? Problem(string part)
    {
        if (part[^1] == '.')
            return "has a part that ends with a dot, which some systems drop; leave it out.";
        if (char.IsWhiteSpace(part[0]) || char.IsWhiteSpace(part[^1]))
            return "has a part with white space at its ends; leave it out.";
        if (Devices.Contains(part.Split('.')[0].TrimEnd()))
            return $"has the part {part}, which is a device on Windows; choose another name.";
        foreach (var rune in part.EnumerateRunes())
        {
            if (IsInvisible(rune))
                return $"holds U+{rune.Value:X4}, which is invisible or changes the direction of the text; leave it out.";
            if (IsDecomposed(rune))
                return $"holds U+{rune.Value:X4}, which belongs to a decomposed spelling; write every letter with its marks as one character (NFC).";
        }
        return null;
    }

    // Soft hyphens, zero-width and bidirectional characters, tags, line separators, and letters that are drawn as nothing.
    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || rune.Value is 0x034f or 0x115f or 0x1160 or 0x17b4 or 0x17b5 or 0x180b or 0x180c or 0x180d or 0x180f or 0x3164 or 0xffa0
            or (>= 0xfe00 and <= 0xfe0f) or (>= 0xe0100 and <= 0xe01ef);

    // NFC has no combining marks behind letters of Latin, Greek and Cyrillic script, no jamo in a row, and none of these singletons. Programs run without
    // the system's Unicode tables (InvariantGlobalization), so the characters are named here.
    private static bool IsDecomposed(Rune rune) =>
        rune.Value is (>= 0x0300 and <= 0x036f) or (>= 0x1ab0 and <= 0x1aff) or (>= 0x1dc0 and <= 0x1dff) or (>= 0x20d0 and <= 0x20ff)
            or (>= 0x1100 and <= 0x11ff) or (>= 0xa960 and <= 0xa97f) or (>= 0xd7b0 and <= 0xd7ff) or 0x3099 or 0x309a
            or 0x2126 or 0x212a or 0x212b or 0x2000 or 0x2001 or 0x0340 or 0x0341 or 0x0374 or 0x037e or 0x0387 or 0x1fef
            or (>= 0xf900 and <= 0xfaff) or (>= 0x2f800 and <= 0x2fa1f);
}
