using System.Text;

namespace Granary.Instana.Params;

/// <summary>Finds what a client most likely meant.</summary>
internal static class Names
{
    private const int MaxShown = 64;

    /// <summary>A client's own text, short enough to be repeated to it.</summary>
    public static string Shorten(string text) =>
        text.Length <= MaxShown ? text : text[..(char.IsHighSurrogate(text[MaxShown - 1]) ? MaxShown - 1 : MaxShown)] + "…";

    /// <summary><c>eventId</c>, <c>event-id</c> and <c>EVENT_ID</c> all mean <c>event_id</c>.</summary>
    public static string ToSnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (char.IsAsciiLetterUpper(c) && i > 0 && char.IsAsciiLetterLower(name[i - 1]))
                text.Append('_');
            text.Append(c is '-' or ' ' ? '_' : char.ToLowerInvariant(c));
        }
        return text.ToString();
    }

    /// <summary>Letters and digits only, in lower case: <c>Find Active</c>, <c>find-active</c> and <c>findActive</c> are the same.</summary>
    public static string Squash(string name)
    {
        if (name.Length > MaxShown * 2)
            return name;
        var text = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (char.IsLetterOrDigit(c))
                text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }

    /// <summary>Whether two spellings are of the same name.</summary>
    public static bool Same(string one, string other) => one == other || Squash(one) == Squash(other);

    /// <summary>The name nearest to a wrong one; null when none is near.</summary>
    public static string? Nearest(string wrong, IEnumerable<string> names)
    {
        wrong = wrong.ToLowerInvariant();
        if (wrong.Length > MaxShown)
            return null;
        string? best = null;
        var least = Math.Max(2, (wrong.Length + 2) / 3) + 1;
        foreach (var name in names)
        {
            var distance = Distance(wrong, name.ToLowerInvariant());
            if (distance >= least)
                continue;
            least = distance;
            best = name;
        }
        return best;
    }

    private static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
