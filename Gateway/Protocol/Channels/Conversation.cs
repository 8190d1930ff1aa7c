using System.Collections.Concurrent;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Messages;
using Granary.Gateway.Protocol.Methods;
using Granary.Gateway.Protocol.Push;
using Granary.Gateway.Protocol.Sessions;
using Granary.Gateway.Resources;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Channels;

/// <summary>
/// A connection that carries messages both ways (HTTP+SSE, stdio): requests run side by side, and each answer goes out when it is there.
/// </summary>
internal sealed partial class Conversation(
    Principal caller,
    IMessageSink sink,
    IRequestSource source,
    Subscriptions subscriptions,
    LegacySessions sessions,
    SessionStates states,
    Dispatcher dispatcher,
    RequestStateSeal seal,
    GatewayOptions options,
    TimeProvider time,
    ILogger<Conversation> log)
{
    private const int MaxRunning = 1_000;

    private readonly ILogger<Conversation> _log = log;
    private readonly ConcurrentDictionary<string, CallChannel> _modern = new(StringComparer.Ordinal);
    private readonly SessionMemory _memory = new();
    private LegacyPeer? _peer;
    private int _running;

    /// <summary>How many requests are under way.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Listens to what is pushed: only to clients that shook hands; the others listen for what they want (rule L3).</summary>
    public LegacyListener Listen(ResourceWatch watch) =>
        new(watch, caller.Tenant, changed => new MemoryLease(_memory, changed, static () => { }), () => _peer is not null);

    /// <summary>Takes a message and returns; the answer comes on its own.</summary>
    /// <exception cref="RpcException">The message is not JSON-RPC; nothing was started.</exception>
    public void Accept(ReadOnlyMemory<byte> message)
    {
        var envelope = EnvelopeReader.Read(message);
        if (envelope.Kind != MessageKind.Request)
        {
            if (_peer is not null)
                LegacyMessages.Accept(envelope, _peer.FindState());
            if (LegacyMessages.CancelledId(envelope) is { } id && !subscriptions.Cancel(id) && _modern.TryGetValue(id, out var running))
                running.Cancel();
            return;
        }
        if (Volatile.Read(ref _running) >= MaxRunning)
            throw RpcException.InvalidRequest($"{MaxRunning} requests are under way on this connection already.").WithId(envelope);
        // In order: requests sent behind 'initialize' must find its session.
        if (envelope.Method == RequestMethods.Initialize)
            _ = SendAsync(Initialize(envelope));
        else
            _ = RunAsync(envelope);
    }

    /// <summary>The connection ends: subscriptions are completed, and whatever still runs is cancelled.</summary>
    public async Task CloseAsync()
    {
        await subscriptions.CloseAsync();
        if (_peer?.Session is { } session)
            states.Close(session.Key);
    }

    private byte[] Initialize(Envelope envelope)
    {
        using var reply = ReplyBuffer.Rent();
        try
        {
            var (session, result) = sessions.Initialize(envelope, caller);
            _peer = new LegacyPeer(session, states, new ConnectionMemory(_memory));
            RpcWriter.Result(reply, envelope.Id.Span, result);
        }
        catch (RpcException e)
        {
            RpcWriter.Error(reply, envelope.Id, e);
        }
        return reply.Written.ToArray();
    }

    private async Task RunAsync(Envelope envelope)
    {
        Interlocked.Increment(ref _running);
        var registered = false;
        try
        {
            using var channel = CreateChannel(envelope);
            if (channel.IsModern && envelope.Method == RequestMethods.SubscriptionsListen)
            {
                subscriptions.Start(envelope);
                return;
            }
            using var reply = ReplyBuffer.Rent();
            // There is no stream to close here: a modern client cancels with the notification too.
            registered = channel.IsModern && _modern.TryAdd(envelope.IdText, channel);
            var dispatch = dispatcher.DispatchAsync(channel, reply);
            var outcome = channel is LegacyChannel legacy ? await LegacyMessages.TrackAsync(envelope, legacy.Peer, channel, dispatch) : await dispatch;
            if (!outcome.IsSilent)
                await SendAsync(reply.Written.ToArray());
        }
        catch (RpcException e)
        {
            using var reply = ReplyBuffer.Rent();
            RpcWriter.Error(reply, envelope.Id, e);
            await SendAsync(reply.Written.ToArray());
        }
        catch (Exception e)
        {
            LogDefect(e, envelope.Method);
        }
        finally
        {
            if (registered)
                _modern.TryRemove(envelope.IdText, out _);
            Interlocked.Decrement(ref _running);
        }
    }

    private CallChannel CreateChannel(Envelope envelope)
    {
        var origin = new CallOrigin(envelope, caller, source, sink);
        if (envelope.Meta.ProtocolVersion is not { } version || Revisions.FindLegacy(version) is not null)
        {
            var peer = _peer ?? new LegacyPeer(Revisions.V20241105, new ClientCapabilities());
            return new LegacyChannel(origin, peer, time, options.CallTimeout);
        }
        if (!Revisions.IsModern(version))
            throw RpcException.UnsupportedVersion(version);
        if (!envelope.Meta.ClientCapabilities.IsPresent)
            throw RpcException.InvalidParams($"'params._meta[\"{MetaKeys.ClientCapabilities}\"]' is required.");
        return new ModernChannel(origin, seal, time, options.CallTimeout);
    }

    private async Task SendAsync(byte[] message) => await sink.SendAsync(message);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed on a connection")]
    private partial void LogDefect(Exception e, string method);
}

/// <summary>Makes conversations for whichever transport carries them.</summary>
internal sealed class ConversationFactory(
    LegacySessions sessions,
    SessionStates states,
    Dispatcher dispatcher,
    RequestStateSeal seal,
    GatewayOptions options,
    TimeProvider time,
    ResourceWatch watch,
    ResourceCatalog resources,
    ILogger<Conversation> log)
{
    public Conversation Create(Principal caller, IMessageSink sink, IRequestSource source) =>
        new(caller, sink, source, new Subscriptions(caller, sink, watch, resources), sessions, states, dispatcher, seal, options, time, log);
}
