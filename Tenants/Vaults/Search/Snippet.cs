namespace Granary.Tenants.Vaults.Search;

/// <summary>The place in an event's text where something that was looked for stands.</summary>
internal static class Snippet
{
    private const int Before = 60;
    private const int Length = 200;

    /// <summary>Some 200 characters around the first of the words that stands there, or the beginning; one line.</summary>
    public static string Of(string text, IReadOnlyList<string> words)
    {
        var found = words.Select(word => text.IndexOf(word, StringComparison.OrdinalIgnoreCase)).Where(at => at >= 0).DefaultIfEmpty(0).Min();
        var begin = WordStart(text, Math.Max(0, found - Before));
        var end = Math.Min(text.Length, begin + Length);
        if (end < text.Length && char.IsHighSurrogate(text[end - 1]))
            end--;
        var part = text[begin..end].ReplaceLineEndings(" ").Trim();
        return $"{(begin > 0 ? "… " : "")}{part}{(text.AsSpan(end).Trim().IsEmpty ? "" : " …")}";
    }

    private static int WordStart(string text, int at)
    {
        if (at == 0)
            return 0;
        var space = text.AsSpan(at, Math.Min(Before / 2, text.Length - at)).IndexOfAny(' ', '\n');
        at += space + 1;
        return at < text.Length && char.IsLowSurrogate(text[at]) ? at + 1 : at;
    }
}
