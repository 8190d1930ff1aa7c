using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Resources;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Legacy.Calls;

/// <summary><c>ping</c>.</summary>
internal sealed class Ping : IRpcMethod
{
    public string Name => RequestMethods.Ping;

    public bool InModern => false;

    public ValueTask InvokeAsync(CallChannel call, ReplyBuffer reply)
    {
        RpcWriter.Result(reply, call.Envelope.Id.Span, "{}"u8);
        return default;
    }
}

/// <summary><c>logging/setLevel</c>: one of the few things a client asks to be remembered.</summary>
internal sealed class SetLogLevel : IRpcMethod
{
    public string Name => RequestMethods.LoggingSetLevel;

    public bool InModern => false;

    public async ValueTask InvokeAsync(CallChannel call, ReplyBuffer reply)
    {
        await ((LegacyChannel)call).Peer.RememberAsync(new MemoryChange(MemoryChangeKind.LogLevel, Level: Read(call)));
        RpcWriter.Result(reply, call.Envelope.Id.Span, "{}"u8);
    }

    private static LoggingLevel Read(CallChannel call)
    {
        using var parameters = call.Envelope.ParseParams();
        return parameters.RootElement.TryGetProperty("level", out var level)
            ? LogLevels.Parse(level)
            : throw RpcException.InvalidParams("'params.level' is required.");
    }
}

/// <summary><c>resources/subscribe</c> and <c>resources/unsubscribe</c>.</summary>
internal abstract class SubscriptionMethod : IRpcMethod
{
    public abstract string Name { get; }

    public bool InModern => false;

    public async ValueTask InvokeAsync(CallChannel call, ReplyBuffer reply)
    {
        var uri = ResourceUri.Require(call);
        var peer = ((LegacyChannel)call).Peer;
        if (peer.Session is null)
            throw RpcException.InvalidRequest("A subscription needs a session: send 'initialize' first and its Mcp-Session-Id from then on.");
        await peer.RememberAsync(Make(call, peer, uri));
        RpcWriter.Result(reply, call.Envelope.Id.Span, "{}"u8);
    }

    protected abstract MemoryChange Make(CallChannel call, LegacyPeer peer, string uri);
}

internal sealed class Subscribe(ResourceCatalog catalog) : SubscriptionMethod
{
    public override string Name => RequestMethods.ResourcesSubscribe;

    protected override MemoryChange Make(CallChannel call, LegacyPeer peer, string uri)
    {
        var family = catalog.Subscribable(uri) ?? throw RpcException.InvalidParams($"Resource not found: {uri}");
        catalog.RequireSubscribing(call.Caller, family, uri);
        if (peer.Memory?.Subscriptions.Count >= SessionMemory.MaxSubscriptions)
            throw RpcException.InvalidParams("This session has too many subscriptions; end some first.");
        return new MemoryChange(MemoryChangeKind.Subscribe, family.Canonicalize(uri), uri);
    }
}

internal sealed class Unsubscribe(ResourceCatalog catalog) : SubscriptionMethod
{
    public override string Name => RequestMethods.ResourcesUnsubscribe;

    protected override MemoryChange Make(CallChannel call, LegacyPeer peer, string uri) =>
        new(MemoryChangeKind.Unsubscribe, catalog.Subscribable(uri)?.Canonicalize(uri) ?? uri);
}
