using System.Collections.Concurrent;
using Granary.Gateway.Access;
using Granary.Gateway.Changes;
using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Protocol.Modern;
using Granary.Gateway.Resources;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Stdio;

/// <summary>
/// A connection that carries messages both ways (HTTP+SSE, stdio): requests run side by side, and each answer goes out when it is there.
/// </summary>
internal sealed partial class Conversation(
    Principal caller,
    IMessageSink sink,
    IRequestSource source,
    Subscriptions subscriptions,
    ILegacyConnection? legacy,
    Dispatcher dispatcher,
    RequestStateSeal seal,
    GatewayOptions options,
    TimeProvider time,
    ILogger<Conversation> log)
{
    private const int MaxRunning = 1_000;

    private readonly ILogger<Conversation> _log = log;
    private readonly ConcurrentDictionary<string, CallChannel> _modern = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closed = new();
    private int _running;

    /// <summary>How many requests are under way.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>What is pushed without a request for it; null where no revision that has this is served.</summary>
    public IChangeListening? Listen() => legacy?.Listen();

    /// <summary>Takes a message and returns; the answer comes on its own.</summary>
    /// <exception cref="RpcException">The message is not JSON-RPC; nothing was started.</exception>
    public void Accept(ReadOnlyMemory<byte> message)
    {
        var envelope = EnvelopeReader.Read(message);
        if (envelope.Kind != MessageKind.Request)
        {
            legacy?.Accept(envelope);
            if (CancelledRequest.IdIn(envelope) is { } id && !subscriptions.Cancel(id) && _modern.TryGetValue(id, out var running))
                running.Cancel();
            return;
        }
        if (Volatile.Read(ref _running) >= MaxRunning)
            throw RpcException.InvalidRequest($"{MaxRunning} requests are under way on this connection already.").WithId(envelope);
        // In order: requests sent behind 'initialize' must find its session.
        if (envelope.Method == RequestMethods.Initialize && legacy is not null)
            _ = SendAsync(Initialize(legacy, envelope));
        else
            _ = RunAsync(envelope);
    }

    /// <summary>The connection ends: subscriptions are completed, and whatever still runs is cancelled.</summary>
    public async Task CloseAsync()
    {
        await _closed.CancelAsync();
        legacy?.Close();
        await subscriptions.CloseAsync();
    }

    private static byte[] Initialize(ILegacyConnection legacy, Envelope envelope)
    {
        using var reply = ReplyBuffer.Rent();
        try
        {
            RpcWriter.Result(reply, envelope.Id.Span, legacy.Initialize(envelope));
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
            await using var closing = _closed.Token.UnsafeRegister(static c => ((CallChannel)c!).Cancel(), channel);
            if (channel.IsModern && envelope.Method == RequestMethods.SubscriptionsListen)
            {
                subscriptions.Start(envelope);
                return;
            }
            using var reply = ReplyBuffer.Rent();
            // There is no stream to close here: a modern client cancels with the notification too.
            registered = channel.IsModern && _modern.TryAdd(envelope.IdText, channel);
            var outcome = await (channel.IsModern ? dispatcher.DispatchAsync(channel, reply) : legacy!.RunAsync(dispatcher, channel, reply));
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
        var version = envelope.Meta.ProtocolVersion;
        if (legacy is not null && (version is null || Revisions.FindLegacy(version) is not null))
            return legacy.CreateChannel(origin);
        if (version is null || !Revisions.IsModern(version))
            throw RpcException.UnsupportedVersion(version ?? "");
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
    Dispatcher dispatcher,
    RequestStateSeal seal,
    GatewayOptions options,
    TimeProvider time,
    ResourceWatch watch,
    ResourceCatalog resources,
    ILogger<Conversation> log,
    ILegacyConnections? legacy = null)
{
    public Conversation Create(Principal caller, IMessageSink sink, IRequestSource source) =>
        new(caller, sink, source, new Subscriptions(caller, sink, watch, resources), legacy?.Open(caller), dispatcher, seal, options, time, log);
}
