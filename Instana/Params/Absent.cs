using System.Text.Json;

namespace Granary.Instana.Params;

/// <summary>What models write for "nothing": null, an empty text, and the words for it of several languages.</summary>
internal static class Absent
{
    /// <summary>Whether the value stands for none; <paramref name="word"/> is what a note should quote, null where none is due.</summary>
    public static bool Is(JsonElement value, out string? word)
    {
        word = null;
        if (value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            return true;
        if (value.ValueKind != JsonValueKind.String)
            return false;
        word = Read(value)?.Trim();
        return word is not null && IsWord(word);
    }

    public static bool IsWord(string text) =>
        text.Length == 0 || text == "*" || text.ToLowerInvariant() is "none" or "null" or "undefined" or "nil" or "nan" or "n/a" or "\"\"" or "''";

    private static string? Read(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
