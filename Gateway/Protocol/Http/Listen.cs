using Granary.Gateway.Access;
using Granary.Gateway.Changes;
using Granary.Gateway.Configuration;
using Granary.Gateway.Health;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Protocol.Modern;
using Granary.Gateway.Resources;

namespace Granary.Gateway.Protocol.Http;

/// <summary>
/// <c>subscriptions/listen</c> over HTTP: a stream that ends in order when the gateway stops, so that clients reconnect elsewhere at once (rule L5).
/// </summary>
internal sealed class Listen(ResourceWatch watch, ResourceCatalog resources, GatewayOptions options, GatewayState state)
{
    public async Task ServeAsync(HttpContext context, Principal caller, Envelope envelope, Accepts accepts)
    {
        if (!accepts.HasFlag(Accepts.EventStream))
            throw RpcException.InvalidRequest("subscriptions/listen answers with an event stream: accept text/event-stream.", 406).WithId(envelope);
        using var subscription = Subscription.Open(envelope, caller, watch, resources);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, state.Stopping);
        var writer = await SseWriter.StartAsync(context.Response);
        await writer.EventAsync(subscription.Acknowledgement);
        await PushLoop.RunAsync(subscription.Listener, writer, subscription.Message, null, options.KeepAlive, ended.Token);
        if (context.RequestAborted.IsCancellationRequested)
            return;
        foreach (var message in subscription.Completion())
            await writer.EventAsync(message);
    }
}
