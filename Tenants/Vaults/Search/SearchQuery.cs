using System.Text;

namespace Granary.Tenants.Vaults.Search;

/// <summary>
/// What a search asks for: words that must all be there, <c>"phrases"</c>, <c>beginnings*</c>, <c>-words</c> that must not be there, and <c>OR</c> between two
/// of them. Whatever else is written is text: nothing of SQLite's own language gets through.
/// </summary>
internal sealed class SearchQuery
{
    /// <summary>How many words and phrases one search has at most.</summary>
    public const int MaxTerms = 32;

    /// <summary>The shortest beginning that is looked for: a shorter one stands for too many words.</summary>
    public const int MinPrefix = 2;

    private SearchQuery(string expression, IReadOnlyList<string> wanted) => (Expression, Wanted) = (expression, wanted);

    /// <summary>The condition on the text in the language of FTS5.</summary>
    public string Expression { get; }

    /// <summary>The words and phrases that may be there, to show where they stand.</summary>
    public IReadOnlyList<string> Wanted { get; }

    /// <exception cref="TenantException">There is nothing to look for, or too much.</exception>
    public static SearchQuery Parse(string text)
    {
        // Each group is of terms of which one must be there.
        var (groups, excluded) = (new List<List<Term>>(), new List<Term>());
        var (count, joins) = (0, false);
        foreach (var term in Terms(text))
        {
            if (term is { Text: "OR", IsPhrase: false, Excludes: false, IsPrefix: false })
            {
                joins = groups.Count > 0;
                continue;
            }
            if (++count > MaxTerms)
                throw Wrong($"query has too many words: at most {MaxTerms}.");
            if (term.IsPrefix && term.Text.Length < MinPrefix)
                throw Wrong($"query: a beginning such as \"{term.Text}*\" has at least {MinPrefix} characters.");
            if (term.Excludes)
                excluded.Add(term);
            else if (joins)
                groups[^1].Add(term);
            else
                groups.Add([term]);
            joins = false;
        }
        if (groups.Count == 0)
            throw Wrong("query needs a word to look for: words that must all be there, \"phrases\", beginnings*, -words that must not be there, OR.");
        var wanted = string.Join(" AND ", groups.Select(Any));
        var expression = excluded.Count == 0 ? $"({wanted})" : $"(({wanted}) NOT {Any(excluded)})";
        return new SearchQuery(expression, [.. groups.SelectMany(group => group.Select(term => term.Text))]);

        static string Any(List<Term> terms) => $"({string.Join(" OR ", terms.Select(term => term.Expression))})";
    }

    private static IEnumerable<Term> Terms(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }
            var excludes = text[at] == '-' && at + 1 < text.Length && !char.IsWhiteSpace(text[at + 1]);
            if (excludes)
                at++;
            var isPhrase = text[at] == '"';
            var begin = isPhrase ? at + 1 : at;
            var end = begin;
            while (end < text.Length && (isPhrase ? text[end] != '"' : !char.IsWhiteSpace(text[end]) && text[end] != '"'))
                end++;
            var word = text[begin..end];
            at = isPhrase && end < text.Length ? end + 1 : end;
            var isPrefix = isPhrase ? at < text.Length && text[at] == '*' : word.EndsWith('*');
            if (isPhrase && isPrefix)
                at++;
            word = word.Trim('*');
            // Signs alone are no word: the index knows letters and digits.
            if (word.EnumerateRunes().Any(Rune.IsLetterOrDigit))
                yield return new Term(word, isPhrase, isPrefix, excludes);
        }
    }

    private static TenantException Wrong(string sentence) => new(TenantFailure.InvalidInput, sentence);

    private sealed record Term(string Text, bool IsPhrase, bool IsPrefix, bool Excludes)
    {
        public string Expression => $"\"{Text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"{(IsPrefix ? " *" : "")}";
    }
}
