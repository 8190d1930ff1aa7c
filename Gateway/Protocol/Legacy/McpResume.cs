using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Http;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Legacy;

/// <summary><c>GET /mcp</c> with <c>Last-Event-ID</c>: the rest of a call's stream, wherever the call runs.</summary>
internal sealed class McpResume(SessionStates states, IMesh mesh, GatewayOptions options, OpenStreams streams)
{
    public async Task ServeAsync(HttpContext context, Principal caller, Session session, string lastEventId)
    {
        if (!ResumableStream.TryReadEventId(lastEventId, out var id, out var sequence))
            throw Unknown();
        using var open = streams.Enter(context, caller);
        if (states.Find(session.Key)?.FindStream(id) is { } stream)
            await HereAsync(context, session, stream, sequence, open.Ended);
        else if (mesh.Streams is not { } records || GatewayMark.Find(id) is null)
            throw Unknown();
        else
            await new StreamFollower(records, session, id, options.KeepAlive).RunAsync(context.Response, sequence, Unknown, open.Ended);
    }

    private async Task HereAsync(HttpContext context, Session session, ResumableStream stream, long after, CancellationToken ended)
    {
        var writer = await SseWriter.StartAsync(context.Response);
        await stream.AttachAsync(writer, after, prime: false);
        var alive = true;
        while (alive && !stream.Completed.IsCompleted && !ended.IsCancellationRequested)
        {
            if (await Task.WhenAny(stream.Completed, DelayAsync(ended)) != stream.Completed)
                alive = await writer.KeepAliveAsync();
        }
        await stream.DetachAsync(writer);
        if (!stream.IsDelivered)
            return;
        if (stream.Keeper is { } keeper)
            await keeper.CloseAsync(isOver: true);
        states.Find(session.Key)?.Remove(stream);
    }

    private static RpcException Unknown() =>
        RpcException.InvalidRequest("Last-Event-ID names no stream of this session that can still be resumed; the session goes on.");

    private Task DelayAsync(CancellationToken ended) => Task.Delay(options.KeepAlive, ended).ContinueWith(
        static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
