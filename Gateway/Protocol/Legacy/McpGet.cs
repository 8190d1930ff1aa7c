using Granary.Gateway.Access;
using Granary.Gateway.Changes;
using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Http;
using Granary.Gateway.Protocol.Legacy.Calls;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Legacy;

/// <summary>
/// <c>GET /mcp</c>: a legacy session's stream for what no request asked for, or, with <c>Last-Event-ID</c>, the rest of a call's stream.
/// Without a session there is nothing to get (405).
/// </summary>
internal sealed class McpGet(
    LegacySessions sessions, SessionStates states, IMesh mesh, ResourceWatch watch, McpResume resume, GatewayOptions options, OpenStreams streams)
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
        var session = await sessions.RequireAsync(headers, caller);
        // The ids of this stream's own events name nothing that was kept: who lost it listens on.
        if (RequestHeaders.Single(headers, RequestHeaders.LastEventId) is { } lastEventId && !Guid.TryParseExact(lastEventId, "N", out _))
            await resume.ServeAsync(context, caller, session, lastEventId);
        else
            await StreamAsync(context, caller, session);
    }

    private async Task StreamAsync(HttpContext context, Principal caller, Session session)
    {
        var underWay = states.Enter(session);
        try
        {
            using var stream = streams.Enter(context, caller, underWay.Closed);
            using var listening = new LegacyListener(watch, caller.Tenant, changed => mesh.Memories.Hold(session, changed), static () => true);
            // The memory is at hand from here on; it may not have been a moment ago.
            await mesh.Memories.RecallAsync(session);
            using var turn = underWay.Push.Take();
            turn.Place(await mesh.TakePushAsync(session));
            await PushAsync(context, session, listening.Listener, stream, turn.Overtaken);
        }
        finally
        {
            states.Leave(session, underWay);
        }
    }

    private async Task PushAsync(HttpContext context, Session session, Listener listener, OpenStream stream, CancellationToken overtaken)
    {
        using var overtake = overtaken.UnsafeRegister(static s => ((OpenStream)s!).End(), stream);
        var writer = await SseWriter.StartAsync(context.Response);
        if (Revisions.HasPolling(session.Revision))
            await writer.EventAsync(default, Guid.NewGuid().ToString("N"), retry: TimeSpan.FromSeconds(1));
        else
            await writer.KeepAliveAsync();
        await PushLoop.RunAsync(listener, writer, change => ChangeMessages.Make(change, null), null, options.KeepAlive, stream.Ended);
    }
}
