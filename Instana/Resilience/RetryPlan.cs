using Granary.Instana.Connections;
using Granary.Instana.Http;

namespace Granary.Instana.Resilience;

/// <summary>Decides whether and when a failed attempt is repeated.</summary>
internal static class RetryPlan
{
    /// <returns>The wait before the next attempt; null when there is to be none.</returns>
    /// <param name="reply">The attempt's outcome.</param>
    /// <param name="readOnly">Whether a repeat changes nothing.</param>
    /// <param name="retries">How many repeats there were.</param>
    /// <param name="left">The time until the call must end.</param>
    /// <param name="options">The limits.</param>
    /// <param name="jitter">From 0 to 1.</param>
    public static TimeSpan? Next(InstanaReply reply, bool readOnly, int retries, TimeSpan left, RetryOptions options, double jitter)
    {
        if (!readOnly || retries >= options.MaxRetries || reply.Failure is not { } failure || !MayPass(failure))
            return null;
        if (failure.Wait is { } asked)
        {
            // A little later than asked: the two clocks differ, and all who were refused wait for the same moment.
            var wait = asked + (options.BaseDelay * jitter * 0.5);
            return asked <= options.MaxServerWait && wait < left ? wait : null;
        }
        if (failure.ResetAt is not null)
            return null;
        var full = Math.Min(options.BaseDelay.Ticks * Math.Pow(2, retries), options.MaxDelay.Ticks);
        var own = TimeSpan.FromTicks((long)(full * (0.5 + (jitter * 0.5))));
        return own < left ? own : null;
    }

    private static bool MayPass(InstanaFailure failure) => failure.Kind switch
    {
        FailureKind.RateLimited or FailureKind.Connection => true,
        FailureKind.Status => failure.Status is 408 or 429 or 500 or 502 or 503 or 504,
        _ => false,
    };
}
