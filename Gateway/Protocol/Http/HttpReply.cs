using Granary.Gateway.Protocol.Channels;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Protocol.Methods;
using Granary.Gateway.Protocol.Push;
using Granary.Gateway.Protocol.Sessions;
using Microsoft.AspNetCore.Http;

namespace Granary.Gateway.Protocol.Http;

/// <summary>
/// The answer to one POST: plain JSON, unless something is sent before the response; then it becomes an event stream. In a session of
/// 2025-11-25 the stream can be resumed.
/// </summary>
internal sealed class HttpReply : IMessageSink
{
    private readonly HttpContext _context;
    private readonly LegacyPeer? _resumable;
    private readonly bool _preferStream;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly TaskCompletionSource _closedEarly = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SseWriter? _writer;
    private ResumableStream? _stream;
    private bool _finished;

    /// <param name="context">The request being answered.</param>
    /// <param name="accept">What the client accepts.</param>
    /// <param name="resumable">The session whose streams can be resumed, or null.</param>
    public HttpReply(HttpContext context, Accepts accept, LegacyPeer? resumable)
    {
        _context = context;
        _resumable = resumable;
        CanSend = accept.HasFlag(Accepts.EventStream);
        _preferStream = !accept.HasFlag(Accepts.Json);
    }

    public bool CanSend { get; }

    /// <summary>Completes when the call asked to close the connection before its end.</summary>
    public Task ClosedEarly => _closedEarly.Task;

    public ValueTask SendAsync(byte[] message) => OnceOpenAsync(async () =>
    {
        if (_stream is not null)
            await _stream.SendAsync(message);
        else
            await _writer!.EventAsync(message);
    });

    public async ValueTask CloseEarlyAsync(TimeSpan retryAfter)
    {
        if (_resumable?.Session is null || !CanSend || !Revisions.HasPolling(_resumable.Revision))
            return;
        await OnceOpenAsync(() => _stream!.DetachAsync(retryAfter));
        _closedEarly.TrySetResult();
    }

    /// <summary>Sends the response. On a stream it is the last event (rule S3).</summary>
    public async ValueTask FinishAsync(ReplyBuffer reply, Outcome outcome)
    {
        await _gate.WaitAsync();
        _finished = true;
        _gate.Release();
        if (_writer is null && _preferStream && !outcome.IsSilent && outcome.HttpStatus == StatusCodes.Status200OK)
            await OpenAsync();
        if (_stream is not null)
            await FinishStreamAsync(reply, outcome);
        else if (_writer is not null)
            await (outcome.IsSilent ? ValueTask.FromResult(true) : _writer.EventAsync(reply.Written));
        else
            await WriteJsonAsync(_context.Response, reply.Written, outcome);
    }

    /// <summary>A plain JSON body with its length, in one write.</summary>
    public static ValueTask WriteJsonAsync(HttpResponse response, ReadOnlyMemory<byte> json, Outcome outcome)
    {
        response.StatusCode = outcome.HttpStatus;
        if (outcome.Challenge is not null)
            response.Headers.WWWAuthenticate = outcome.Challenge;
        if (outcome.IsSilent)
            return default;
        response.ContentType = "application/json";
        response.ContentLength = json.Length;
        return new ValueTask(response.BodyWriter.WriteAsync(json, response.HttpContext.RequestAborted).AsTask());
    }

    private async ValueTask FinishStreamAsync(ReplyBuffer reply, Outcome outcome)
    {
        var stream = _stream!;
        if (outcome.IsSilent)
            stream.Abandon();
        else
            await stream.SendAsync(reply.Written.ToArray(), last: true);
        if (_resumable?.FindState() is not { } state)
            return;
        if (stream.IsDelivered || outcome.IsSilent)
            state.Remove(stream);
        else
            _ = ForgetLaterAsync(state, stream, _resumable);
    }

    // A client that lost its connection gets a minute to come back for the answer.
    private static async Task ForgetLaterAsync(SessionState state, ResumableStream stream, LegacyPeer peer)
    {
        await Task.Delay(TimeSpan.FromMinutes(1), CancellationToken.None);
        state.Remove(stream);
        peer.Release();
    }

    // After the response nothing may be written: the connection may be serving the next request by then.
    private async ValueTask OnceOpenAsync(Func<ValueTask> send)
    {
        await _gate.WaitAsync();
        try
        {
            if (_finished)
                return;
            await OpenAsync();
            await send();
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask OpenAsync()
    {
        if (_writer is not null)
            return;
        var writer = await SseWriter.StartAsync(_context.Response);
        if (_resumable?.State() is { } state && Revisions.HasPolling(_resumable.Revision))
        {
            _stream = new ResumableStream();
            state.Add(_stream);
            await _stream.AttachAsync(writer, after: 0, prime: true);
        }
        _writer = writer;
    }
}
