using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Gateway.Access;
using Granary.Gateway.Changes;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Resources;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Modern;

/// <summary>
/// One <c>subscriptions/listen</c> (rules L1–L4), whatever carries it: what the client asked for and will get, and the messages it consists of.
/// </summary>
internal sealed class Subscription : IInterest, IDisposable
{
    private const int MaxResources = 1_000;

    private readonly Envelope _envelope;
    private readonly JsonNode _id;
    private readonly SubscriptionsListenNotifications _accepted;
    private readonly ResourceWatch.WatchingListener _watching;

    private Subscription(
        Envelope envelope, Principal caller, SubscriptionsListenNotifications accepted, Dictionary<string, string> resources, ResourceWatch watch)
    {
        _envelope = envelope;
        _id = JsonNode.Parse(envelope.Id.Span)!;
        _accepted = accepted;
        Tenant = caller.Tenant;
        Resources = resources;
        _watching = watch.Listen(this);
        Acknowledgement = RpcWriter.Notification(NotificationMethods.SubscriptionsAcknowledgedNotification, new JsonObject
        {
            ["_meta"] = Meta(),
            ["notifications"] = JsonNode.Parse(Wire.Bytes(accepted)),
        });
    }

    public Listener Listener => _watching.Listener;

    public TenantId Tenant { get; }

    public IReadOnlyDictionary<string, string> Resources { get; }

    /// <summary>The first message, with what will be sent.</summary>
    public byte[] Acknowledgement { get; }

    /// <exception cref="RpcException">The request does not say what to listen to.</exception>
    public static Subscription Open(Envelope envelope, Principal caller, ResourceWatch watch, ResourceCatalog catalog)
    {
        var asked = Read(envelope);
        var resources = Accept(asked, caller, catalog);
        var accepted = new SubscriptionsListenNotifications
        {
            ToolsListChanged = asked.ToolsListChanged == true ? true : null,
            PromptsListChanged = asked.PromptsListChanged == true ? true : null,
            ResourcesListChanged = asked.ResourcesListChanged == true ? true : null,
            ResourceSubscriptions = asked.ResourceSubscriptions is null ? null : [.. resources.Values],
        };
        return new Subscription(envelope, caller, accepted, resources, watch);
    }

    public bool WantsList(ChangeKind list) => list switch
    {
        ChangeKind.Tools => _accepted.ToolsListChanged == true,
        ChangeKind.Prompts => _accepted.PromptsListChanged == true,
        _ => _accepted.ResourcesListChanged == true,
    };

    /// <summary>A change as this subscription tells it.</summary>
    public byte[] Message(Change change) => ChangeMessages.Make(change, _id);

    /// <summary>The end from our side. The two pages of the specification disagree on its form; both are sent (rule L4).</summary>
    public IEnumerable<byte[]> Completion(string reason)
    {
        // Not the SDK's type, which holds an id as a 64-bit integer.
        yield return RpcWriter.Notification(NotificationMethods.CancelledNotification, new JsonObject
        {
            ["requestId"] = _id.DeepClone(),
            ["reason"] = reason,
            ["_meta"] = Meta(),
        });
        using var reply = ReplyBuffer.Rent();
        RpcWriter.Result(reply, _envelope.Id.Span, ResultWriter.Prepare(new EmptyResult { Meta = Meta() }, modern: true));
        yield return reply.Written.ToArray();
    }

    public void Dispose() => _watching.Dispose();

    private JsonObject Meta() => new() { [MetaKeys.SubscriptionId] = _id.DeepClone() };

    /// <summary>The resources the client asked for, less what nobody here can tell of or the caller may not read.</summary>
    private static Dictionary<string, string> Accept(SubscriptionsListenNotifications asked, Principal caller, ResourceCatalog catalog)
    {
        var accepted = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var uri in asked.ResourceSubscriptions ?? [])
        {
            if (catalog.Subscribable(uri) is { } family && catalog.MaySubscribe(caller, family, uri))
                accepted.TryAdd(family.Canonicalize(uri), uri);
        }
        return accepted;
    }

    private static SubscriptionsListenNotifications Read(Envelope envelope)
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
            return asked;
        }
        catch (JsonException)
        {
            throw RpcException.InvalidParams(
                "'params.notifications' has toolsListChanged, promptsListChanged, resourcesListChanged (booleans) and resourceSubscriptions (URIs).")
                .WithId(envelope);
        }
    }
}
