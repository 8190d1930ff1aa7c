using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Messages;
using Microsoft.AspNetCore.Http.Features;

namespace Granary.Gateway.Protocol.Http;

/// <summary>
/// The answer to one POST: plain JSON, unless something is sent before the response, or the work takes long; then it becomes an event stream. In a
/// session of 2025-11-25 the stream can be resumed.
/// </summary>
internal sealed class HttpReply : IMessageSink
{
    private static readonly object ListMark = new();

    private readonly HttpContext _context;
    private readonly IResumption? _resumption;
    private readonly bool _preferStream;
    private readonly TimeSpan _keepAlive;
    private readonly TaskCompletionSource? _closedEarly;
    private SemaphoreSlim? _gate;
    private SseWriter? _writer;
    private TaskCompletionSource? _over;
    private bool _finished;

    /// <param name="context">The request being answered.</param>
    /// <param name="accept">What the client accepts.</param>
    /// <param name="resumption">Makes the stream resumable; null where it cannot be.</param>
    /// <param name="keepAlive">How long an answer may be quiet: then it begins, and then it gets a comment.</param>
    public HttpReply(HttpContext context, Accepts accept, IResumption? resumption, TimeSpan keepAlive)
    {
        _keepAlive = keepAlive;
        _context = context;
        _resumption = resumption;
        _closedEarly = resumption is null ? null : new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        CanSend = accept.HasFlag(Accepts.EventStream);
        _preferStream = !accept.HasFlag(Accepts.Json);
    }

    public bool CanSend { get; }

    // Made at the first write: a call that waits holds none.
    private SemaphoreSlim Gate => LazyInitializer.EnsureInitialized(ref _gate, static () => new SemaphoreSlim(1));

    /// <summary>Completes when the call asked to close the connection before its end; null where it cannot.</summary>
    public Task? ClosedEarly => _closedEarly?.Task;

    public ValueTask SendAsync(byte[] message) => OnceOpenAsync(async () =>
    {
        if (_resumption is not null)
            await _resumption.SendAsync(message);
        else
            await _writer!.EventAsync(message);
    });

    public async ValueTask CloseEarlyAsync(TimeSpan retryAfter)
    {
        if (_resumption is null || !CanSend)
            return;
        await OnceOpenAsync(() => _resumption.DetachAsync(retryAfter));
        _over?.TrySetResult();
        _closedEarly?.TrySetResult();
    }

    /// <summary>
    /// Waits for the work that is answered. Once it takes long, the stream begins without a word: clients and proxies give up on an answer that does not
    /// begin (.NET's after 100 seconds, nginx after 60).
    /// </summary>
    public ValueTask<T> WatchAsync<T>(ValueTask<T> work) => work.IsCompleted || !CanSend ? work : new ValueTask<T>(WatchAsync(work.AsTask()));

    private async Task<T> WatchAsync<T>(Task<T> running)
    {
        try
        {
            return await running.WaitAsync(_keepAlive);
        }
        catch (TimeoutException)
        {
            if (!running.IsCompleted)
                await OnceOpenAsync(static () => default);
            return await running;
        }
    }

    /// <summary>Sends the response. On a stream it is the last event (rule S3).</summary>
    public async ValueTask FinishAsync(ReplyBuffer reply, Outcome outcome)
    {
        await Gate.WaitAsync();
        _finished = true;
        _over?.TrySetResult();
        Gate.Release();
        if (_writer is null && _preferStream && !outcome.IsSilent && outcome.HttpStatus == StatusCodes.Status200OK)
            await OpenAsync();
        if (_writer is null)
            await WriteJsonAsync(_context.Response, reply.Written, outcome);
        else if (_resumption is not null)
            await _resumption.FinishAsync(outcome.IsSilent ? null : reply.Written.ToArray());
        else if (!outcome.IsSilent)
            await _writer.EventAsync(reply.Written);
    }

    /// <summary>Whether the answer of this request is a list.</summary>
    public static bool IsList(HttpContext context) => context.Items.ContainsKey(ListMark);

    /// <summary>A plain JSON body with its length, in one write.</summary>
    public static ValueTask WriteJsonAsync(HttpResponse response, ReadOnlyMemory<byte> json, Outcome outcome)
    {
        response.StatusCode = outcome.HttpStatus;
        if (outcome.Challenge is not null)
            response.Headers.WWWAuthenticate = outcome.Challenge;
        if (outcome.IsSilent)
            return default;
        response.ContentType = "application/json";
        // Set by compression where it stands in front of this; elsewhere nobody asks.
        if (outcome.IsList && response.HttpContext.Features.Get<IHttpsCompressionFeature>() is not null)
            response.HttpContext.Items[ListMark] = ListMark;
        response.ContentLength = json.Length;
        return new ValueTask(response.BodyWriter.WriteAsync(json, response.HttpContext.RequestAborted).AsTask());
    }

    // After the response nothing may be written: the connection may be serving the next request by then.
    private async ValueTask OnceOpenAsync(Func<ValueTask> send)
    {
        await Gate.WaitAsync();
        try
        {
            if (_finished)
                return;
            await OpenAsync();
            await send();
        }
        finally
        {
            Gate.Release();
        }
    }

    private async ValueTask OpenAsync()
    {
        if (_writer is not null)
            return;
        var writer = await SseWriter.StartAsync(_context.Response);
        if (_resumption is not null)
            await _resumption.OpenAsync(writer);
        _writer = writer;
        if (_finished)
            return;
        _over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = KeepAliveAsync(writer, _over.Task);
    }

    /// <summary>Comments while the call goes on and says nothing (rule S5).</summary>
    private async Task KeepAliveAsync(SseWriter writer, Task over)
    {
        while (true)
        {
            try
            {
                await over.WaitAsync(_keepAlive);
                return;
            }
            catch (TimeoutException)
            {
                // Quiet for long enough.
            }
            await Gate.WaitAsync();
            try
            {
                if (_finished || !await writer.KeepAliveAsync())
                    return;
            }
            finally
            {
                Gate.Release();
            }
        }
    }
}
