using Granary.Gateway.Access;
using Granary.Gateway.Changes;
using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Legacy.Calls;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Protocol.Stdio;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Legacy;

/// <summary>The legacy side of one two-way connection: at most one session, which lives and ends with it.</summary>
internal sealed class LegacyConnection(
    Principal caller, LegacySessions sessions, SessionStates states, ResourceWatch watch, GatewayOptions options, TimeProvider time) : ILegacyConnection
{
    private readonly SessionMemory _memory = new();
    private LegacyPeer? _peer;

    public byte[] Initialize(Envelope envelope)
    {
        var (session, result) = sessions.Initialize(envelope, caller);
        _peer = new LegacyPeer(session, states, new ConnectionMemory(_memory));
        return result;
    }

    public void Accept(Envelope envelope)
    {
        if (_peer is not null)
            LegacyMessages.Accept(envelope, _peer.FindState());
    }

    public CallChannel CreateChannel(CallOrigin origin) =>
        new LegacyChannel(origin, _peer ?? new LegacyPeer(Revisions.V20241105, new ClientCapabilities()), time, options.CallTimeout);

    public ValueTask<Outcome> RunAsync(Dispatcher dispatcher, CallChannel channel, ReplyBuffer reply) =>
        LegacyMessages.RunAsync(dispatcher, ((LegacyChannel)channel).Peer, channel, reply);

    // Only clients that shook hands are pushed to; the others listen for what they want (rule L3).
    public IChangeListening Listen() =>
        new LegacyListener(watch, caller.Tenant, changed => new MemoryLease(_memory, changed, static () => { }), () => _peer is not null);

    public void Close()
    {
        if (_peer?.Session is { } session)
            states.Close(session.Key);
    }
}

/// <summary>Opens the legacy side of connections, whichever transport carries them.</summary>
internal sealed class LegacyConnections(
    LegacySessions sessions, SessionStates states, ResourceWatch watch, GatewayOptions options, TimeProvider time) : ILegacyConnections
{
    public ILegacyConnection Open(Principal caller) => new LegacyConnection(caller, sessions, states, watch, options, time);
}
