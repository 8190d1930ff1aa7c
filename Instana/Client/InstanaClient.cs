using Granary.Instana.Http;
using Granary.Instana.Resilience;
using Polly;
using Polly.CircuitBreaker;

namespace Granary.Instana.Client;

/// <summary>
/// Sends requests over one connection. It keeps what belongs to the connection alone, its breaker and its rate budget; the
/// sockets are shared. Safe for concurrent use.
/// </summary>
public sealed class InstanaClient
{
    private readonly InstanaConnection _connection;
    private readonly InstanaOptions _options;
    private readonly TimeProvider _time;
    private readonly RateBudget _budget;
    private readonly HttpExchange _exchange;
    private readonly ResiliencePipeline<InstanaReply> _pipeline;

    /// <summary>Makes a client; the transport stays the caller's.</summary>
    public InstanaClient(InstanaConnection connection, InstanaOptions options, InstanaTransport transport, TimeProvider time)
    {
        _connection = connection;
        _options = options;
        _time = time;
        _budget = new RateBudget(time);
        _exchange = new HttpExchange(connection, options, transport, _budget, time);
        _pipeline = ConnectionPipeline.Build(options, time);
    }

    internal TimeProvider Time => _time;

    internal CallScope Scope(string tool, string? resourceType, IReadOnlyDictionary<string, string>? tracking, DateTimeOffset? deadline) =>
        new(tool, resourceType, tracking, deadline, _time.GetUtcNow() + _options.Timeout);

    /// <summary>Sends one request, with its retries. Failures are replies; only the caller's cancellation is thrown.</summary>
    internal async Task<InstanaReply> SendAsync(InstanaRequest request, CallScope scope, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var left = scope.End - _time.GetUtcNow();
        if (left <= TimeSpan.Zero)
            return Failures.Timeout(_options.Timeout, scope.EndsEarly);
        using var limit = new CancellationTokenSource(left, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var attempts = new Attempts(request, scope, _options.Retry, _time);
        var context = ResilienceContextPool.Shared.Get(linked.Token);
        ConnectionPipeline.Attach(context, attempts);
        try
        {
            return await _pipeline.ExecuteAsync(
                static (context, state) => state.Client.AttemptAsync(state.Attempts, state.Caller, context.CancellationToken),
                context,
                (Client: this, Attempts: attempts, Caller: cancellation));
        }
        catch (BrokenCircuitException e)
        {
            return Failures.CircuitOpen(_connection.BaseUrl.Host, e.RetryAfter is { } wait ? _time.GetUtcNow() + wait : null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested && limit.IsCancellationRequested)
        {
            return attempts.Last ?? Failures.Timeout(_options.Timeout, scope.EndsEarly);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async ValueTask<InstanaReply> AttemptAsync(Attempts attempts, CancellationToken caller, CancellationToken cancellation)
    {
        if (_budget.UsedUpUntil(attempts.Request.Family) is { } until)
            return Failures.RateLimited(null, null, until - _time.GetUtcNow(), until);
        try
        {
            return await _exchange.SendAsync(attempts.Request, attempts.Scope, cancellation);
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested && cancellation.IsCancellationRequested)
        {
            return Failures.Timeout(_options.Timeout, attempts.Scope.EndsEarly);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // A connect timeout of the handler is a cancellation that nobody asked for.
            return Failures.Connection(e, _connection.BaseUrl);
        }
    }
}
