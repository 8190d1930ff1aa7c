using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Health;
using Granary.Gateway.Protocol.Channels;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Protocol.Push;
using Granary.Gateway.Protocol.Sessions;
using Microsoft.AspNetCore.Http;

namespace Granary.Gateway.Protocol.Http;

/// <summary>
/// <c>GET /mcp</c>: a legacy session's stream for what no request asked for, or, with <c>Last-Event-ID</c>, the rest of a call's stream.
/// Without a session there is nothing to get (405).
/// </summary>
internal sealed class McpGet(LegacySessions sessions, SessionStates states, ChangeHub hub, GatewayOptions options, GatewayState state)
{
    public async Task HandleAsync(HttpContext context, Principal caller)
    {
        var headers = context.Request.Headers;
        if (!headers.ContainsKey(RequestHeaders.SessionId))
        {
            context.Response.Headers.Allow = "POST";
            throw RpcException.InvalidRequest("GET needs a session (Mcp-Session-Id); since 2026-07-28 listen with 'subscriptions/listen' instead.", 405);
        }
        if (!AcceptHeader.Read(headers).HasFlag(Accepts.EventStream))
            throw RpcException.InvalidRequest("GET answers with an event stream: accept text/event-stream.", 406);
        var session = sessions.Require(headers, caller);
        // The ids of this stream's own events name nothing that was kept: who lost it listens on.
        if (RequestHeaders.Single(headers, RequestHeaders.LastEventId) is { } lastEventId && !Guid.TryParseExact(lastEventId, "N", out _))
            await ResumeAsync(context, session, lastEventId);
        else
            await StreamAsync(context, caller, session);
    }

    private async Task ResumeAsync(HttpContext context, Session session, string lastEventId)
    {
        var found = ResumableStream.TryReadEventId(lastEventId, out var id, out var sequence) ? states.Find(session)?.FindStream(id) : null;
        if (found is null)
            throw RpcException.InvalidRequest("Last-Event-ID names no stream of this session that can still be resumed; the session goes on.");
        var writer = await SseWriter.StartAsync(context.Response);
        await found.AttachAsync(writer, sequence, prime: false);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, state.Stopping);
        while (!found.Completed.IsCompleted && !ended.IsCancellationRequested)
        {
            if (await Task.WhenAny(found.Completed, DelayAsync(ended.Token)) != found.Completed && !await writer.KeepAliveAsync())
                return;
        }
        if (found.IsDelivered)
            states.Find(session)?.Remove(found);
    }

    private async Task StreamAsync(HttpContext context, Principal caller, Session session)
    {
        var remembered = states.Get(session);
        using var listener = hub.Listen(change =>
            change.Kind != ChangeKind.Resource || (change.Tenant == caller.Tenant && remembered.IsSubscribed(change.Uri)));
        // A message goes to one stream only: the newest takes over, the one before goes quiet.
        var turn = remembered.TakeOverPush(out var overtaken);
        try
        {
            await PushAsync(context, session, remembered, listener, overtaken);
        }
        finally
        {
            turn.Dispose();
            states.Release(session, remembered);
        }
    }

    private async Task PushAsync(HttpContext context, Session session, SessionState remembered, ChangeHub.Listener listener, CancellationToken overtaken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, state.Stopping, remembered.Closed);
        using var overtake = overtaken.UnsafeRegister(static c => ((CancellationTokenSource)c!).Cancel(), ended);
        var writer = await SseWriter.StartAsync(context.Response);
        if (Revisions.HasPolling(session.Revision))
            await writer.EventAsync(default, Guid.NewGuid().ToString("N"), retry: TimeSpan.FromSeconds(1));
        else
            await writer.KeepAliveAsync();
        await PushLoop.RunAsync(listener, writer, change => ChangeMessages.Make(change, null), null, options.KeepAlive, ended.Token);
    }

    private Task DelayAsync(CancellationToken ended) => Task.Delay(options.KeepAlive, ended).ContinueWith(
        static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
