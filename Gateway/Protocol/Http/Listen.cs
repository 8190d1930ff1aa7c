using Granary.Gateway.Access;
using Granary.Gateway.Changes;
using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Protocol.Modern;
using Granary.Gateway.Resources;

namespace Granary.Gateway.Protocol.Http;

/// <summary>
/// <c>subscriptions/listen</c> over HTTP: a stream that ends in order when the gateway stops, so that clients reconnect elsewhere at once (rule L5).
/// </summary>
internal sealed class Listen(ResourceWatch watch, ResourceCatalog resources, GatewayOptions options, OpenStreams streams)
{
    public async Task ServeAsync(HttpContext context, Principal caller, Envelope envelope, Accepts accepts)
    {
        if (!accepts.HasFlag(Accepts.EventStream))
            throw RpcException.InvalidRequest("subscriptions/listen answers with an event stream: accept text/event-stream.", 406).WithId(envelope);
        using var subscription = Subscription.Open(envelope, caller, watch, resources);
        using var stream = Enter(context, caller, envelope);
        var writer = await SseWriter.StartAsync(context.Response);
        await writer.EventAsync(subscription.Acknowledgement);
        await PushLoop.RunAsync(subscription.Listener, writer, subscription.Message, null, options.KeepAlive, stream.Ended);
        if (context.RequestAborted.IsCancellationRequested)
            return;
        foreach (var message in subscription.Completion(caller.Revoked.IsCancellationRequested
            ? "The key that opened this stream is no longer valid."
            : "The server is stopping; listen again."))
            await writer.EventAsync(message);
    }

    private OpenStream Enter(HttpContext context, Principal caller, Envelope envelope)
    {
        try
        {
            return streams.Enter(context, caller);
        }
        catch (RpcException e)
        {
            throw e.WithId(envelope);
        }
    }
}
