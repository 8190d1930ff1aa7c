namespace Granary.Simulator.Faults;

/// <summary>What can go wrong with a request.</summary>
public enum FaultKind
{
    /// <summary>The answer comes late.</summary>
    Slow,

    /// <summary>429 with the rate-limit headers.</summary>
    TooManyRequests,

    /// <summary>500 with an HTML page.</summary>
    ErrorPage,

    /// <summary>503, perhaps with Retry-After.</summary>
    Unavailable,

    /// <summary>The connection is dropped before an answer.</summary>
    Drop,

    /// <summary>The connection is dropped in the middle of the answer.</summary>
    HalfBody,

    /// <summary>302 to another address.</summary>
    Redirect,

    /// <summary>200 with far too long a list.</summary>
    Oversize,

    /// <summary>200 with a login page.</summary>
    LoginPage,

    /// <summary>Any status with any body.</summary>
    Status,
}

/// <summary>A fault for the next requests.</summary>
/// <param name="Kind">What goes wrong.</param>
public sealed record Fault(FaultKind Kind)
{
    /// <summary>For how many requests.</summary>
    public int Count { get; init; } = 1;

    /// <summary>How late a slow answer is.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>When the rate limit is full again, from now; null for no word about it.</summary>
    public TimeSpan? ResetIn { get; init; }

    /// <summary>The Retry-After header in seconds; null for none.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Where a redirect leads.</summary>
    public string Location { get; init; } = "https://login.example.com/signin?token=abc";

    /// <summary>How long an oversize answer is.</summary>
    public long Bytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>The status of <see cref="FaultKind.Status"/>.</summary>
    public int StatusCode { get; init; } = 500;

    /// <summary>The body of <see cref="FaultKind.Status"/>.</summary>
    public string Body { get; init; } = "";

    /// <summary>Only requests with this token; null for any.</summary>
    public string? Token { get; init; }

    /// <summary>Only requests whose path begins so; null for any.</summary>
    public string? Path { get; init; }

    /// <summary>Only requests of this endpoint, for example <c>GET /api/events/{}</c>; null for any.</summary>
    public string? Operation { get; init; }

    /// <summary>How likely a request that fits meets it, from 0 to 1.</summary>
    public double Probability { get; init; } = 1;
}
