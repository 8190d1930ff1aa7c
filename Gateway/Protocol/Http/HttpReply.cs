using System.Runtime.ExceptionServices;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Messages;
using Microsoft.AspNetCore.Http.Features;

namespace Granary.Gateway.Protocol.Http;

/// <summary>
/// The answer to one POST: plain JSON, unless something is sent before the response, or the work takes long; then it becomes an event stream. In a
/// session of 2025-11-25 the stream can be resumed.
/// </summary>
internal sealed class HttpReply : IMessageSink, IDisposable
{
    private static readonly object ListMark = new();

    /// <summary>In place of a gate: the response is sent, and nobody was at the gate before.</summary>
    private static readonly SemaphoreSlim Over = new(0);

    private readonly HttpContext _context;
    private readonly IResumption? _resumption;
    private readonly QuietReplies _quiet;
    private readonly bool _preferStream;
    private readonly TaskCompletionSource? _closedEarly;
    private SemaphoreSlim? _gate;
    private SseWriter? _writer;
    private Exception? _failure;
    private bool _finished;

    /// <param name="context">The request being answered.</param>
    /// <param name="accept">What the client accepts.</param>
    /// <param name="resumption">Makes the stream resumable; null where it cannot be.</param>
    /// <param name="quiet">Has the answer begin when the work takes long, and then breaks its silence.</param>
    public HttpReply(HttpContext context, Accepts accept, IResumption? resumption, QuietReplies quiet)
    {
        _context = context;
        _resumption = resumption;
        _quiet = quiet;
        _closedEarly = resumption is null ? null : new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        CanSend = accept.HasFlag(Accepts.EventStream);
        _preferStream = !accept.HasFlag(Accepts.Json);
    }

    public bool CanSend { get; }

    /// <summary>Its place among those that are quiet, which belongs to them; null while it is not.</summary>
    public LinkedListNode<HttpReply>? Waiting { get; set; }

    /// <summary>Since when it is quiet, as a timestamp.</summary>
    public long QuietSince { get; set; }

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
        _closedEarly?.TrySetResult();
    }

    /// <summary>
    /// The client has to wait. Once it takes long, the stream begins without a word: clients and proxies give up on an answer that does not begin (.NET's after 100 seconds,
    /// nginx after 60). Then come comments, as long as the call goes on (rule S5).
    /// </summary>
    public void Wait()
    {
        if (CanSend)
            _quiet.Add(this);
    }

    /// <summary>The work is over, one way or another: nothing is said any more.</summary>
    public void Dispose()
    {
        _quiet.Remove(this);
        _finished = true;
    }

    /// <summary>It was quiet for long: the stream begins, or gets a comment.</summary>
    public async Task BreakSilenceAsync()
    {
        try
        {
            var (begun, heard) = (_writer is not null, false);
            await OnceOpenAsync(async () => heard = !begun || (_closedEarly?.Task.IsCompleted != true && await _writer!.KeepAliveAsync()));
            if (heard && !_finished)
                _quiet.Add(this);
        }
        catch (Exception) when (_failure is not null)
        {
            // The end of the work reports it.
        }
    }

    /// <summary>Sends the response. On a stream it is the last event (rule S3).</summary>
    public async ValueTask FinishAsync(ReplyBuffer reply, Outcome outcome)
    {
        _quiet.Remove(this);
        if (Interlocked.CompareExchange(ref _gate, Over, null) is { } gate)
        {
            await gate.WaitAsync();
            _finished = true;
            gate.Release();
        }
        if (_failure is { } failure)
            ExceptionDispatchInfo.Throw(failure);
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
        // Made by the first writer: a call that waits holds none.
        var gate = LazyInitializer.EnsureInitialized(ref _gate, static () => new SemaphoreSlim(1));
        if (gate == Over)
            return;
        await gate.WaitAsync();
        try
        {
            if (_finished)
                return;
            await OpenAsync();
            await send();
        }
        catch (Exception e) when (_writer is null)
        {
            _failure = e;
            throw;
        }
        finally
        {
            gate.Release();
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
    }
}
