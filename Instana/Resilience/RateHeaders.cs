using System.Globalization;
using System.Net.Http.Headers;

namespace Granary.Instana.Resilience;

/// <summary>What an answer says about rate limits. Headers that make no sense count as absent.</summary>
/// <param name="Zone">Which budget was charged.</param>
/// <param name="Remaining">How many calls are left.</param>
/// <param name="Reset">When the budget is full again.</param>
/// <param name="RetryAfter">How long the backend asks to wait.</param>
internal sealed record RateHeaders(string? Zone, long? Remaining, DateTimeOffset? Reset, TimeSpan? RetryAfter)
{
    /// <summary>Budgets are by the hour; a reset further away is a unit mistaken somewhere.</summary>
    private static readonly TimeSpan Plausible = TimeSpan.FromHours(25);

    public static RateHeaders Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        return new RateHeaders(
            First(headers, "X-RateLimit-Zone") is { Length: > 0 and <= 64 } zone ? zone : null,
            Number(First(headers, "X-RateLimit-Remaining")),
            ResetAt(Number(First(headers, "X-RateLimit-Reset")), now),
            After(First(headers, "Retry-After"), now));
    }

    /// <summary>Epoch seconds, by the vendor's documentation.</summary>
    private static DateTimeOffset? ResetAt(long? seconds, DateTimeOffset now)
    {
        if (seconds is not { } value || value <= 0 || value > now.ToUnixTimeSeconds() + Plausible.TotalSeconds)
            return null;
        return DateTimeOffset.FromUnixTimeSeconds(value);
    }

    private static TimeSpan? After(string? text, DateTimeOffset now)
    {
        if (Number(text) is { } seconds)
            return seconds <= Plausible.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
        if (!DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
            return null;
        return date <= now ? TimeSpan.Zero : date - now <= Plausible ? date - now : null;
    }

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static string? First(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString().Trim() : null;
}
