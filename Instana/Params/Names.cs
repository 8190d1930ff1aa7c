using System.Text;

namespace Granary.Instana.Params;

/// <summary>The spellings of a name that count as the same.</summary>
internal static class Names
{
    private const int MaxLength = 128;

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
        if (name.Length > MaxLength)
            return name;
        Span<char> text = stackalloc char[MaxLength];
        var length = 0;
        foreach (var c in name)
        {
            if (char.IsLetterOrDigit(c))
                text[length++] = char.ToLowerInvariant(c);
        }
        return text[..length].SequenceEqual(name) ? name : new string(text[..length]);
    }

    /// <summary>Whether two spellings are of the same name.</summary>
    public static bool Same(string one, string other) => one == other || Squash(one) == Squash(other);
}
