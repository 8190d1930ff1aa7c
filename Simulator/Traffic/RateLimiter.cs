using System.Collections.Concurrent;
using System.Globalization;
using Granary.Simulator.Access;
using Granary.Simulator.Backend;

namespace Granary.Simulator.Traffic;

/// <summary>Counts each token's calls by the hour, says on every answer how many are left, and refuses what is too much.</summary>
internal sealed class RateLimiter(SimulatorOptions options)
{
    private const string Zone = "default";
    private const int MaxCounters = 10_000;

    private readonly ConcurrentDictionary<(string Token, long Hour), Counter> _counters = new();

    public Task LimitAsync(HttpContext context, RequestDelegate next)
    {
        var hour = options.Time.GetUtcNow().ToUnixTimeSeconds() / 3600;
        if (_counters.Count > MaxCounters)
            _counters.Clear();
        var used = Interlocked.Increment(ref _counters.GetOrAdd((AccessCheck.Token(context.Request) ?? "", hour), _ => new Counter()).Calls);
        Write(context.Response, options.CallsPerHour, Math.Max(0, options.CallsPerHour - used), (hour + 1) * 3600);
        return used <= options.CallsPerHour ? next(context) : Answers.ErrorAsync(context, 429, "Too many requests");
    }

    /// <summary>The reset is in epoch seconds, unlike every other time of the API.</summary>
    public static void Write(HttpResponse response, long limit, long remaining, long reset)
    {
        response.Headers["X-RateLimit-Limit"] = limit.ToString(CultureInfo.InvariantCulture);
        response.Headers["X-RateLimit-Remaining"] = remaining.ToString(CultureInfo.InvariantCulture);
        response.Headers["X-RateLimit-Reset"] = reset.ToString(CultureInfo.InvariantCulture);
        response.Headers["X-RateLimit-Zone"] = Zone;
    }

    private sealed class Counter
    {
        public long Calls;
    }
}
