using System.Collections.Concurrent;
using System.Globalization;
using Granary.Simulator.Access;
using Granary.Simulator.Backend;
using Granary.Simulator.Setup;

namespace Granary.Simulator.Traffic;

/// <summary>
/// Counts each token's calls by the hour and by zone, says on every answer how many are left, and refuses what is too much. Searching the
/// infrastructure is a zone of its own with a smaller budget.
/// </summary>
internal sealed class RateLimiter(SimulatorOptions options, TokenTable tokens, TimeProvider time)
{
    private const int MaxCounters = 10_000;

    private readonly ConcurrentDictionary<(string Token, string Zone, long Hour), Counter> _counters = new();

    public Task LimitAsync(HttpContext context, RequestDelegate next)
    {
        var hour = time.GetUtcNow().ToUnixTimeSeconds() / 3600;
        var token = AccessCheck.Token(context.Request) ?? "";
        var isInfra = IsInfra(context.Request.Path);
        var limit = tokens.Find(token)?.CallsPerHour ?? options.CallsPerHour;
        if (isInfra)
            limit = Math.Min(limit, options.InfraCallsPerHour);
        if (_counters.Count > MaxCounters)
            _counters.Clear();
        var zone = isInfra ? "infrastructure" : "default";
        var used = Interlocked.Increment(ref _counters.GetOrAdd((token, zone, hour), _ => new Counter()).Calls);
        Write(context.Response, limit, Math.Max(0, limit - used), (hour + 1) * 3600, zone);
        return used <= limit ? next(context) : BackendAnswers.ErrorAsync(context, 429, "Too many requests");
    }

    /// <summary>The reset is in epoch seconds, unlike every other time of the API.</summary>
    public static void Write(HttpResponse response, long limit, long remaining, long reset, string zone = "default")
    {
        response.Headers["X-RateLimit-Limit"] = limit.ToString(CultureInfo.InvariantCulture);
        response.Headers["X-RateLimit-Remaining"] = remaining.ToString(CultureInfo.InvariantCulture);
        response.Headers["X-RateLimit-Reset"] = reset.ToString(CultureInfo.InvariantCulture);
        response.Headers["X-RateLimit-Zone"] = zone;
    }

    private static bool IsInfra(PathString path) => path.StartsWithSegments("/api/infrastructure-monitoring/analyze", StringComparison.Ordinal)
        || path.StartsWithSegments("/api/infrastructure-monitoring/snapshots", StringComparison.Ordinal)
        || path.StartsWithSegments("/api/infrastructure-monitoring/metrics", StringComparison.Ordinal);

    private sealed class Counter
    {
        public long Calls;
    }
}
