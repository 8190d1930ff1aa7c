using Granary.Instana.Connections;
using Granary.Instana.Http;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Granary.Instana.Resilience;

/// <summary>The retries and the breaker of one connection. The breaker is inside: it sees every attempt.</summary>
internal static class ConnectionPipeline
{
    private static readonly ResiliencePropertyKey<Attempts> Key = new("granary.attempts");

    public static ResiliencePipeline<InstanaReply> Build(InstanaOptions options, TimeProvider time)
    {
        var builder = new ResiliencePipelineBuilder<InstanaReply> { TimeProvider = time };
        if (options.Retry.MaxRetries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<InstanaReply>
            {
                MaxRetryAttempts = options.Retry.MaxRetries,
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Result is { } reply && Of(arguments.Context).PlanNext(reply, arguments.AttemptNumber)),
                DelayGenerator = static arguments => ValueTask.FromResult(Of(arguments.Context).Delay),
            });
        }
        builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions<InstanaReply>
        {
            FailureRatio = options.Breaker.FailureRatio,
            MinimumThroughput = options.Breaker.MinimumAttempts,
            SamplingDuration = options.Breaker.Sampling,
            BreakDuration = options.Breaker.Break,
            ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Result?.Failure?.Unhealthy == true),
        });
        return builder.Build();
    }

    public static void Attach(ResilienceContext context, Attempts attempts) => context.Properties.Set(Key, attempts);

    private static Attempts Of(ResilienceContext context) =>
        context.Properties.TryGetValue(Key, out var attempts) ? attempts : throw new InvalidOperationException("The attempts are not attached.");
}
