namespace Granary.Spelling;

/// <summary>Finds the name that was most likely meant: the same one in another spelling, one with a slip in it, or one that shares a word.</summary>
public static class NearestName
{
    private const int MaxLength = 64;

    /// <summary>The nearest name, or null when none is near.</summary>
    /// <param name="wrong">The name that was given; one longer than 64 characters is near to none.</param>
    /// <param name="names">The names there are.</param>
    /// <param name="sharing">Whether a shared word alone is near enough.</param>
    public static string? Of(string wrong, IEnumerable<string> names, bool sharing = true)
    {
        if (wrong.Length is 0 or > MaxLength)
            return null;
        var words = Words(wrong);
        var letters = string.Concat(words);
        // A third of the letters may be wrong. Spelling comes first: eventTypes is event_type with a slip, although it shares a word with event_id as well.
        string? best = null;
        var (least, bestLetters) = (letters.Length < 3 ? 1 : (letters.Length + 2) / 3 + 1, "");
        string? related = null;
        var (mostShared, leastApart) = (0, int.MaxValue);
        foreach (var name in names)
        {
            var other = Words(name);
            var otherLetters = string.Concat(other);
            var distance = Distance(letters, otherLetters);
            // Of names that differ in number alone, the one in the number that was given.
            if (distance < least || (best is not null && otherLetters == bestLetters && IsPlural(name) == IsPlural(wrong)))
                (best, least, bestLetters) = (name, distance, otherLetters);
            var shared = words.Count(word => other.Exists(known => IsSame(word, known)));
            if (shared > mostShared || (shared == mostShared && shared > 0 && distance < leastApart))
                (related, mostShared, leastApart) = (name, shared, distance);
        }
        // But all words of a name in a longer one tell more than slips do: name is name_filter, not page.
        return sharing && related is not null && (best is null || (least > 1 && mostShared == words.Count)) ? related : best;
    }

    private static bool IsPlural(string name) => name is [.., 's' or 'S'];

    /// <summary>The same word, or the beginning of it: group for grouping.</summary>
    private static bool IsSame(string word, string known) =>
        word == known || (Math.Min(word.Length, known.Length) >= 4 && (known.StartsWith(word, StringComparison.Ordinal) || word.StartsWith(known, StringComparison.Ordinal)));

    /// <summary>Whether a long name is another one in all but spelling: case, separators, a plural, or two slips at most.</summary>
    public static bool IsSlip(string wrong, string name) =>
        wrong.Length is > 0 and <= MaxLength && Distance(string.Concat(Words(wrong)), string.Concat(Words(name))) <= 2;

    /// <summary>The sentence about an argument that is not known.</summary>
    /// <param name="of">What has no such argument, as the sentence's subject.</param>
    /// <param name="wrong">The name that was sent.</param>
    /// <param name="known">The names there are.</param>
    public static string Unknown(string of, string wrong, IReadOnlyCollection<string> known) =>
        $"{of} has no argument '{Shorten(wrong)}'{Hint(wrong, known)} {(known.Count == 0 ? "It takes none." : $"It takes {string.Join(", ", known)}.")}";

    /// <summary>The end of a sentence about a name that is not known: the nearest one, where one is near.</summary>
    public static string Hint(string wrong, IEnumerable<string> names) => Of(wrong, names) is { } nearest ? $"; did you mean '{nearest}'?" : ".";

    /// <summary>A client's own text, short enough to be repeated to it.</summary>
    public static string Shorten(string text) =>
        text.Length <= MaxLength ? text : text[..(char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)] + "…";

    /// <summary>The words of a name in lower case and singular: <c>eventTypes</c>, <c>event-type</c> and <c>EVENT_TYPE</c> are event and type.</summary>
    private static List<string> Words(string name)
    {
        var words = new List<string>();
        var start = 0;
        for (var i = 0; i <= name.Length; i++)
        {
            var ends = i == name.Length || !char.IsLetterOrDigit(name[i]);
            if (!ends && !(i > start && char.IsUpper(name[i]) && char.IsLower(name[i - 1])))
                continue;
            if (i > start)
                words.Add(Singular(name[start..i].ToLowerInvariant()));
            start = ends ? i + 1 : i;
        }
        return words;
    }

    private static string Singular(string word) => word.Length > 3 && word[^1] == 's' ? word[..^1] : word;

    private static int Distance(string a, string b)
    {
        var (before, row) = (new int[b.Length + 1], new int[b.Length + 1]);
        var older = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            before[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(before[j], row[j - 1]) + 1, before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                // Two letters that changed places are one slip.
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], older[j - 2] + 1);
            }
            (older, before, row) = (before, row, older);
        }
        return before[b.Length];
    }
}
