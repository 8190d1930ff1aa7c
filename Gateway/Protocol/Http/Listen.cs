using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Health;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Protocol.Methods;
using Granary.Gateway.Protocol.Push;
using Granary.Gateway.Resources;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Http;

/// <summary>
/// <c>subscriptions/listen</c> (rules L1–L5): acknowledges what it will send, sends that and nothing else, and ends in order when the gateway
/// stops, so that clients reconnect elsewhere at once.
/// </summary>
internal sealed class Listen(ChangeHub hub, ResourceCatalog resources, GatewayOptions options, GatewayState state)
{
    private const int MaxSubscriptions = 1_000;

    public async Task ServeAsync(HttpContext context, Principal caller, Envelope envelope, Accepts accepts)
    {
        if (!accepts.HasFlag(Accepts.EventStream))
            throw RpcException.InvalidRequest("subscriptions/listen answers with an event stream: accept text/event-stream.", 406).WithId(envelope);
        var wanted = Read(envelope);
        var subscriptionId = JsonNode.Parse(envelope.Id.Span)!;
        using var listener = hub.Listen(change => Wants(wanted, caller, change));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, state.Stopping);
        var writer = await SseWriter.StartAsync(context.Response);
        await writer.EventAsync(Acknowledge(wanted, subscriptionId));
        await PushLoop.RunAsync(listener, writer, change => ChangeMessages.Make(change, subscriptionId), null, options.KeepAlive, ended.Token);
        if (!context.RequestAborted.IsCancellationRequested)
            await CompleteAsync(writer, envelope, subscriptionId);
    }

    /// <summary>The two pages of the specification disagree on the form of the end; both are sent (rule L4).</summary>
    private static async Task CompleteAsync(SseWriter writer, Envelope envelope, JsonNode subscriptionId)
    {
        // Not the SDK's type, which holds an id as a 64-bit integer.
        await writer.EventAsync(RpcWriter.Notification(NotificationMethods.CancelledNotification, new JsonObject
        {
            ["requestId"] = subscriptionId.DeepClone(),
            ["reason"] = "The server is stopping; listen again.",
            ["_meta"] = Meta(subscriptionId),
        }));
        using var reply = ReplyBuffer.Rent();
        RpcWriter.Result(reply, envelope.Id.Span, ResultWriter.Prepare(new EmptyResult { Meta = Meta(subscriptionId) }, modern: true));
        await writer.EventAsync(reply.Written);
    }

    private static byte[] Acknowledge(SubscriptionsListenNotifications accepted, JsonNode subscriptionId)
    {
        var parameters = new JsonObject
        {
            ["_meta"] = Meta(subscriptionId),
            ["notifications"] = JsonNode.Parse(Wire.Bytes(accepted)),
        };
        return RpcWriter.Notification(NotificationMethods.SubscriptionsAcknowledgedNotification, parameters);
    }

    private static JsonObject Meta(JsonNode subscriptionId) => new() { [MetaKeys.SubscriptionId] = subscriptionId.DeepClone() };

    private static bool Wants(SubscriptionsListenNotifications wanted, Principal caller, Change change) => change.Kind switch
    {
        ChangeKind.Tools => wanted.ToolsListChanged == true,
        ChangeKind.Prompts => wanted.PromptsListChanged == true,
        ChangeKind.Resources => wanted.ResourcesListChanged == true,
        _ => change.Tenant == caller.Tenant && wanted.ResourceSubscriptions?.Contains(change.Uri) == true,
    };

    /// <summary>What the client asked for, less what nobody here can send.</summary>
    private SubscriptionsListenNotifications Read(Envelope envelope)
    {
        using var parameters = envelope.ParseParams();
        try
        {
            var asked = Wire.Read<SubscriptionsListenRequestParams>(parameters.RootElement)?.Notifications
                ?? throw RpcException.InvalidParams("'params.notifications' is required: what to listen to.").WithId(envelope);
            if (asked.ResourceSubscriptions?.Contains(null!) == true)
                throw new JsonException("A URI is a string.");
            if (asked.ResourceSubscriptions?.Count > MaxSubscriptions)
                throw RpcException.InvalidParams($"'params.notifications.resourceSubscriptions' has more than {MaxSubscriptions} URIs.").WithId(envelope);
            return new SubscriptionsListenNotifications
            {
                ToolsListChanged = asked.ToolsListChanged == true ? true : null,
                PromptsListChanged = asked.PromptsListChanged == true ? true : null,
                ResourcesListChanged = asked.ResourcesListChanged == true ? true : null,
                ResourceSubscriptions = asked.ResourceSubscriptions is null ? null : [.. asked.ResourceSubscriptions.Where(resources.CanSubscribe).Distinct(StringComparer.Ordinal)],
            };
        }
        catch (JsonException)
        {
            throw RpcException.InvalidParams(
                "'params.notifications' has toolsListChanged, promptsListChanged, resourcesListChanged (booleans) and resourceSubscriptions (URIs).").WithId(envelope);
        }
    }
}
