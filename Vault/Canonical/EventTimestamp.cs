using System.Globalization;

namespace Granary.Vault.Canonical;

/// <summary>Times as the format writes them: UTC, <c>+00:00</c>, six digits of a second, none when they are all zero.</summary>
public static class EventTimestamp
{
    private static readonly string[] Forms =
        ["yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.fffffffzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>Writes a time; what is finer than a microsecond is cut off.</summary>
    public static string Format(DateTimeOffset time)
    {
        // As the framework writes it, in one go: 2026-01-31T09:30:00.1234567Z.
        Span<char> text = stackalloc char[28];
        time.UtcDateTime.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        var micros = text[20..26];
        return string.Concat(text[..(micros.SequenceEqual("000000") ? 19 : 26)], "+00:00");
    }

    /// <summary>Reads a stored time.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        // The form that we write, but for its seventh digit the framework's own, which it reads several times as fast.
        if (text.Length == 32 && text[26] == '+')
        {
            Span<char> round = stackalloc char[33];
            text[..26].CopyTo(round);
            round[26] = '0';
            text[26..].CopyTo(round[27..]);
            if (DateTimeOffset.TryParseExact(round, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out time))
                return true;
        }
        return DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }
}
