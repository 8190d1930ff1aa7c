using System.Globalization;

namespace Granary.Gateway.Access;

/// <summary>Reads when a key ends, as people write it.</summary>
internal static class KeyLifetime
{
    /// <summary>The moment; null for no text.</summary>
    /// <exception cref="InvalidDataException">It is neither a length of time nor a date that is to come.</exception>
    public static DateTimeOffset? Read(string option, string? text, DateTimeOffset now)
    {
        if (text is null)
            return null;
        if (text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= 100_000)
        {
            switch (text[^1])
            {
                case 'm':
                    return now.AddMinutes(count);
                case 'h':
                    return now.AddHours(count);
                case 'd' when count <= 36_500:
                    return now.AddDays(count);
            }
        }
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        string[] formats = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ssK"];
        return DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, Utc, out var moment) && moment > now
            ? moment
            : throw new InvalidDataException(
                $"{option} is a length of time such as 30m, 12h or 90d, or a date to come such as {now.AddYears(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}; it is '{text}'.");
    }
}
