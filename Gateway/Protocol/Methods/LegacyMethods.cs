using Granary.Gateway.Protocol.Channels;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Resources;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Methods;

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

    public ValueTask InvokeAsync(CallChannel call, ReplyBuffer reply)
    {
        using var parameters = call.Envelope.ParseParams();
        if (!parameters.RootElement.TryGetProperty("level", out var level))
            throw RpcException.InvalidParams("'params.level' is required.");
        var parsed = LogLevels.Parse(level);
        if (((LegacyChannel)call).Peer.State() is { } state)
            state.LogLevel = parsed;
        RpcWriter.Result(reply, call.Envelope.Id.Span, "{}"u8);
        return default;
    }
}

/// <summary><c>resources/subscribe</c> and <c>resources/unsubscribe</c>.</summary>
internal abstract class SubscriptionMethod : IRpcMethod
{
    public abstract string Name { get; }

    public bool InModern => false;

    public ValueTask InvokeAsync(CallChannel call, ReplyBuffer reply)
    {
        var uri = ResourceUri.Require(call);
        var state = ((LegacyChannel)call).Peer.State()
            ?? throw RpcException.InvalidRequest("A subscription needs a session: send 'initialize' first and its Mcp-Session-Id from then on.");
        Apply(call, state, uri);
        RpcWriter.Result(reply, call.Envelope.Id.Span, "{}"u8);
        return default;
    }

    protected abstract void Apply(CallChannel call, Sessions.SessionState state, string uri);
}

internal sealed class Subscribe(ResourceCatalog catalog) : SubscriptionMethod
{
    public override string Name => RequestMethods.ResourcesSubscribe;

    protected override void Apply(CallChannel call, Sessions.SessionState state, string uri)
    {
        if (!catalog.CanSubscribe(uri))
            throw RpcException.InvalidParams($"Resource not found: {uri}");
        if (!state.Subscribe(uri))
            throw RpcException.InvalidParams("This session has too many subscriptions; end some first.");
    }
}

internal sealed class Unsubscribe : SubscriptionMethod
{
    public override string Name => RequestMethods.ResourcesUnsubscribe;

    protected override void Apply(CallChannel call, Sessions.SessionState state, string uri) => state.Unsubscribe(uri);
}
