using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Granary.Gateway.Access;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Protocol.Methods;
using Granary.Gateway.Resources;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Push;

/// <summary>
/// One <c>subscriptions/listen</c> (rules L1–L4), whatever carries it: what the client asked for and will get, and the messages it consists of.
/// </summary>
internal sealed class Subscription : IDisposable
{
    private const int MaxResources = 1_000;

    private readonly Envelope _envelope;
    private readonly JsonNode _id;

    private Subscription(Envelope envelope, Principal caller, SubscriptionsListenNotifications accepted, ChangeHub hub)
    {
        _envelope = envelope;
        _id = JsonNode.Parse(envelope.Id.Span)!;
        Listener = hub.Listen(change => Wants(accepted, caller, change));
        Acknowledgement = RpcWriter.Notification(NotificationMethods.SubscriptionsAcknowledgedNotification, new JsonObject
        {
            ["_meta"] = Meta(),
            ["notifications"] = JsonNode.Parse(Wire.Bytes(accepted)),
        });
    }

    public ChangeHub.Listener Listener { get; }

    public ChannelReader<Change> Changes => Listener.Changes;

    /// <summary>The first message, with what will be sent.</summary>
    public byte[] Acknowledgement { get; }

    /// <exception cref="RpcException">The request does not say what to listen to.</exception>
    public static Subscription Open(Envelope envelope, Principal caller, ChangeHub hub, ResourceCatalog resources) =>
        new(envelope, caller, Read(envelope, resources), hub);

    /// <summary>A change as this subscription tells it.</summary>
    public byte[] Message(Change change) => ChangeMessages.Make(change, _id);

    /// <summary>The end from our side. The two pages of the specification disagree on its form; both are sent (rule L4).</summary>
    public IEnumerable<byte[]> Completion()
    {
        // Not the SDK's type, which holds an id as a 64-bit integer.
        yield return RpcWriter.Notification(NotificationMethods.CancelledNotification, new JsonObject
        {
            ["requestId"] = _id.DeepClone(),
            ["reason"] = "The server is stopping; listen again.",
            ["_meta"] = Meta(),
        });
        using var reply = ReplyBuffer.Rent();
        RpcWriter.Result(reply, _envelope.Id.Span, ResultWriter.Prepare(new EmptyResult { Meta = Meta() }, modern: true));
        yield return reply.Written.ToArray();
    }

    public void Dispose() => Listener.Dispose();

    private JsonObject Meta() => new() { [MetaKeys.SubscriptionId] = _id.DeepClone() };

    private static bool Wants(SubscriptionsListenNotifications wanted, Principal caller, Change change) => change.Kind switch
    {
        ChangeKind.Tools => wanted.ToolsListChanged == true,
        ChangeKind.Prompts => wanted.PromptsListChanged == true,
        ChangeKind.Resources => wanted.ResourcesListChanged == true,
        _ => change.Tenant == caller.Tenant && wanted.ResourceSubscriptions?.Contains(change.Uri) == true,
    };

    /// <summary>What the client asked for, less what nobody here can send.</summary>
    private static SubscriptionsListenNotifications Read(Envelope envelope, ResourceCatalog resources)
    {
        using var parameters = envelope.ParseParams();
        try
        {
            var asked = Wire.Read<SubscriptionsListenRequestParams>(parameters.RootElement)?.Notifications
                ?? throw RpcException.InvalidParams("'params.notifications' is required: what to listen to.").WithId(envelope);
            if (asked.ResourceSubscriptions?.Contains(null!) == true)
                throw new JsonException("A URI is a string.");
            if (asked.ResourceSubscriptions?.Count > MaxResources)
                throw RpcException.InvalidParams($"'params.notifications.resourceSubscriptions' has more than {MaxResources} URIs.").WithId(envelope);
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
