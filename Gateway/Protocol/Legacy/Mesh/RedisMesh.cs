using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Legacy.Calls;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Protocol.Legacy.Sse;
using Granary.Gateway.Protocol.Messages;
using Granary.Vault.Redis.Connections;

namespace Granary.Gateway.Protocol.Legacy.Mesh;

/// <summary>Gateways that share a Redis.</summary>
internal sealed partial class RedisMesh : IMesh, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly RedisLink _link;
    private readonly SessionStates _states;
    private readonly SseConversations _conversations;
    private readonly MeshChannel _channel;
    private readonly SharedMemories _memories;
    private readonly CancellationTokenSource _disposed = new();
    private readonly ILogger<RedisMesh> _log;
    private int _losses;

    public RedisMesh(
        RedisLink link, SessionStates states, SseConversations conversations, GatewayOptions options, TimeProvider time, ILogger<RedisMesh> log)
    {
        _link = link;
        _states = states;
        _conversations = conversations;
        _log = log;
        _channel = new MeshChannel(link, GatewayMark.CreateName(), HandleAsync, log);
        _memories = new SharedMemories(link, session => _channel.AskAllAsync(Message(MeshKind.Changed, session)), states, options, time, log);
        Streams = new RedisStreams(link, _channel);
        link.Restored += OnRestored;
        _ = ListenAsync(subscribe: true);
    }

    public string Self => _channel.Self;

    public ISessionMemories Memories => _memories;

    public IStreamRecords Streams { get; }

    public void Cancel(Session session, string requestId) =>
        _ = TellAsync(Message(MeshKind.Cancel, session.Key) with { Text = requestId });

    public async ValueTask AnswerAsync(Session session, string gateway, ReadOnlyMemory<byte> response)
    {
        try
        {
            await _channel.TellAsync(gateway, Message(MeshKind.Answer, session.Key) with { Body = response });
        }
        catch (MeshException e)
        {
            LogNotTold(e, MeshKind.Answer);
            throw new RpcException(RpcErrors.Internal, "The gateway that asked cannot be reached now. Send the response again in a moment.", 503);
        }
    }

    public async ValueTask<long> TakePushAsync(Session session)
    {
        try
        {
            // Redis' clock, not ours: streams on two gateways must agree on which came last.
            var turn = (long)await _link.RunAsync(() => _link.Database.ScriptEvaluateAsync(
                "local now = redis.call('TIME') return now[1] * 1000000 + now[2]"));
            await _channel.TellAsync("", Message(MeshKind.Push, session.Key) with { Number = turn });
            return turn;
        }
        catch (MeshException e)
        {
            LogNotTold(e, MeshKind.Push);
            return 0;
        }
    }

    public async ValueTask<Delivery> DeliverAsync(string gateway, string conversation, ReadOnlyMemory<byte> message)
    {
        try
        {
            // A gateway nobody hears is gone, and its streams with it.
            var reply = await _channel.AskAsync(gateway, Message(MeshKind.Deliver, conversation) with { Body = message });
            return reply.Number is { } delivery ? (Delivery)delivery : reply.IsHeard ? Delivery.Unreachable : Delivery.NotFound;
        }
        catch (MeshException e)
        {
            LogNotTold(e, MeshKind.Deliver);
            return Delivery.Unreachable;
        }
    }

    public void Dispose()
    {
        _link.Restored -= OnRestored;
        _disposed.Cancel();
        _channel.Dispose();
    }

    private MeshMessage Message(MeshKind kind, string session) => new(kind, Self, 0, session);

    private async Task TellAsync(MeshMessage message)
    {
        try
        {
            await _channel.TellAsync("", message);
        }
        catch (MeshException e)
        {
            LogNotTold(e, message.Kind);
        }
    }

    private async Task<long> HandleAsync(MeshMessage message)
    {
        switch (message.Kind)
        {
            case MeshKind.Changed:
                await _memories.ChangedAsync(message.Session);
                return 1;
            case MeshKind.Cancel:
                return _states.Find(message.Session)?.Cancel(message.Text) == true ? 1 : 0;
            case MeshKind.Answer:
                return LegacyMessages.Accept(EnvelopeReader.Read(message.Body), _states.Find(message.Session)) ? 1 : 0;
            case MeshKind.Push:
                _states.Find(message.Session)?.Push.TakenElsewhere(message.Number);
                return 1;
            case MeshKind.Owns:
                return _states.Find(message.Session)?.FindStream(message.Text) is null ? 0 : 1;
            case MeshKind.HandOver:
                if (_states.Find(message.Session)?.FindStream(message.Text)?.Keeper is not { } keeper)
                    return 0;
                await keeper.HandOverAsync();
                return 1;
            case MeshKind.Deliver:
                return (long)_conversations.Deliver(message.Session, message.Body);
            default:
                return 0;
        }
    }

    private void OnRestored(object? sender, RedisRestoredEventArgs restored)
    {
        if (!restored.OfChannels)
            return;
        _memories.Deafen();
        _ = ListenAsync(subscribe: false);
    }

    /// <summary>Waits until messages arrive; what was read before that may be outdated.</summary>
    private async Task ListenAsync(bool subscribe)
    {
        var loss = Interlocked.Increment(ref _losses);
        while (!_disposed.IsCancellationRequested && loss == Volatile.Read(ref _losses))
        {
            try
            {
                if (subscribe)
                {
                    await _channel.SubscribeAsync();
                    subscribe = false;
                }
                if (await _channel.ProbeAsync())
                {
                    await _memories.HearAsync();
                    LogConnected(Self);
                    return;
                }
            }
            catch (MeshException)
            {
                // Redis is not there yet.
            }
            await Task.Delay(Pause, _disposed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Hears the other gateways, as {Self}")]
    private partial void LogConnected(string self);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The other gateways could not be told: {Kind}")]
    private partial void LogNotTold(Exception e, MeshKind kind);
}
