using System.Diagnostics;
using System.Security.Cryptography;
using Granary.Instana.Connections;
using Granary.Instana.Http;
using Granary.Instana.Resilience;
using Granary.Instana.Telemetry;
using Polly;
using Polly.CircuitBreaker;

namespace Granary.Instana.Client;

/// <summary>
/// Sends requests over one connection. It keeps what belongs to the connection alone: its breaker, its rate budget, its catalogs and the reads
/// under way; the sockets are shared. Safe for concurrent use.
/// </summary>
public sealed class InstanaClient
{
    private readonly InstanaConnection _connection;
    private readonly InstanaOptions _options;
    private readonly TimeProvider _time;
    private readonly RateBudget _budget;
    private readonly HttpExchange _exchange;
    private readonly ResiliencePipeline<InstanaReply> _pipeline;
    private readonly Flights _flights = new();
    private readonly CatalogCache _catalogs;

    /// <summary>Makes a client; the transport stays the caller's.</summary>
    public InstanaClient(InstanaConnection connection, InstanaOptions options, InstanaTransport transport, TimeProvider time)
    {
        _connection = connection;
        _options = options;
        _time = time;
        _budget = new RateBudget(time);
        _exchange = new HttpExchange(connection, options, transport, _budget, time);
        _pipeline = ConnectionPipeline.Build(options, time);
        _catalogs = new CatalogCache(options.CacheEnabled, options.CacheTtl, time);
        Links = new InstanaLinks(connection.BaseUrl);
    }

    internal TimeProvider Time => _time;

    internal InstanaLinks Links { get; }

    internal CallScope Scope(string tool, string? resourceType, CallTracking? tracking, DateTimeOffset? deadline) =>
        new(tool, resourceType, tracking, deadline, _time.GetUtcNow() + _options.Timeout);

    /// <summary>Reads a catalog: from the cache where it is there, else from the backend.</summary>
    internal async Task<InstanaReply> SendCachedAsync(InstanaRequest request, CallScope scope, CancellationToken cancellation)
    {
        var key = Key(request);
        if (_catalogs.Find(key) is { } known)
            return known;
        var reply = await SendAsync(request, scope, cancellation);
        _catalogs.Keep(key, reply);
        return reply;
    }

    /// <summary>The answer, in UTF-8, to a call that was answered before from a catalog which is still good.</summary>
    internal ReadOnlyMemory<byte>? Remembered(string call) => _catalogs.FindAnswer(call);

    /// <summary>Keeps an answer that was made from one catalog and nothing else.</summary>
    internal void Remember(string call, ReadOnlyMemory<byte> answer, InstanaRequest catalog) => _catalogs.KeepAnswer(call, answer, Key(catalog));

    /// <summary>Sends one request, with its retries. Failures are replies; only the caller's cancellation is thrown.</summary>
    internal async Task<InstanaReply> SendAsync(InstanaRequest request, CallScope scope, CancellationToken cancellation)
    {
        if (!request.ReadOnly)
            return await RunAsync(request, scope, cancellation);
        var key = Key(request);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var left = scope.End - _time.GetUtcNow();
            if (left <= TimeSpan.Zero)
                return Failures.Timeout(_options.Timeout, scope.EndsEarly);
            try
            {
                var (reply, own) = await _flights.RunAsync(key, token => RunAsync(request, scope, token), left, _time, cancellation);
                // Somebody in more of a hurry had asked: their deadline is not this caller's.
                if (own || reply.Failure?.Kind != FailureKind.Timeout || scope.End - _time.GetUtcNow() <= TimeSpan.Zero)
                    return reply;
            }
            catch (TimeoutException)
            {
                return Failures.Timeout(_options.Timeout, scope.EndsEarly);
            }
        }
    }

    private async Task<InstanaReply> RunAsync(InstanaRequest request, CallScope scope, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var left = scope.End - _time.GetUtcNow();
        if (left <= TimeSpan.Zero)
            return Failures.Timeout(_options.Timeout, scope.EndsEarly);
        // Not linked with the caller's token: that takes a third source, and none but the two ends of this one is looked at.
        using var limit = new CancellationTokenSource(left, _time);
        using var given = cancellation.UnsafeRegister(static limit => ((CancellationTokenSource)limit!).Cancel(), limit);
        var attempts = new Attempts(request, scope, _options.Retry, _time);
        var context = ResilienceContextPool.Shared.Get(limit.Token);
        ConnectionPipeline.Attach(context, attempts);
        try
        {
            // Outcomes, not exceptions: the pipeline's other form wraps each of its layers in two more.
            var outcome = await _pipeline.ExecuteOutcomeAsync(
                static (context, state) => state.Client.MeasureAsync(state.Attempts, state.Caller, context.CancellationToken),
                context,
                (Client: this, Attempts: attempts, Caller: cancellation));
            outcome.ThrowIfException();
            var reply = outcome.Result!;
            // A credential that is no longer accepted must not go on reading what was cached while it was.
            if (reply.Failure?.Status is 401)
                _catalogs.Clear();
            return reply;
        }
        catch (BrokenCircuitException e)
        {
            var refused = Failures.CircuitOpen(_connection.BaseUrl.Host, e.RetryAfter is { } wait ? _time.GetUtcNow() + wait : null);
            InstanaMetrics.Request(request.Family, Stopwatch.GetTimestamp(), OutcomeOf(refused));
            return refused;
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

    private async ValueTask<Outcome<InstanaReply>> MeasureAsync(Attempts attempts, CancellationToken caller, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            var reply = await AttemptAsync(attempts, caller, cancellation);
            InstanaMetrics.Request(attempts.Request.Family, start, OutcomeOf(reply));
            return Outcome.FromResult(reply);
        }
        catch (Exception e)
        {
            return Outcome.FromException<InstanaReply>(e);
        }
    }

    private static string OutcomeOf(InstanaReply reply) => reply.Failure?.Kind.ToString() ?? "ok";

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
            // A connect timeout of the handler is a cancellation that no caller asked for.
            return Failures.Connection(e, _connection.BaseUrl);
        }
    }

    private static string Key(InstanaRequest request)
    {
        var body = request.Body is { } bytes ? bytes.Length == 0 ? "" : Convert.ToHexString(SHA256.HashData(bytes.Span)) : "";
        return $"{request.Method.Method} {request.Path}?{request.Query} {request.Accept} {body}";
    }
}
