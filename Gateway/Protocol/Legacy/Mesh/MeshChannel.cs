using System.Collections.Concurrent;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Vault.Redis.Connections;
using StackExchange.Redis;

namespace Granary.Gateway.Protocol.Legacy.Mesh;

/// <summary>
/// Messages between gateways over Redis' channels, one for all and one for each. A question has one reply, or one of every gateway.
/// </summary>
internal sealed partial class MeshChannel : IDisposable
{
    // A peer that is asked alone does the work before it replies; nobody waits long for one of many.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PatienceWithAll = TimeSpan.FromSeconds(2);

    // A Redis of several nodes counts the hearers on one of them only, so that nobody may be somebody.
    private static readonly TimeSpan PatienceWithNobody = TimeSpan.FromMilliseconds(250);

    private readonly RedisLink _link;
    private readonly RedisChannel _all;
    private readonly RedisChannel _mine;
    private readonly Func<MeshMessage, Task<long>> _handle;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<long, Question> _questions = new();
    private long _lastQuestion;

    public MeshChannel(RedisLink link, string self, Func<MeshMessage, Task<long>> handle, ILogger log)
    {
        _link = link;
        Self = self;
        _handle = handle;
        _log = log;
        _all = Channel("");
        _mine = Channel(self);
    }

    public string Self { get; }

    /// <summary>Asks for the channels. They carry once <see cref="ProbeAsync"/> came back, and again by themselves after a loss.</summary>
    public Task SubscribeAsync() => _link.RunAsync(async () =>
    {
        await _link.Subscriber.SubscribeAsync(_all, (_, message) => Receive(message));
        await _link.Subscriber.SubscribeAsync(_mine, (_, message) => Receive(message));
    });

    /// <summary>Whether a message to oneself arrives.</summary>
    public async Task<bool> ProbeAsync() => (await AskAsync(Self, new MeshMessage(MeshKind.Probe, Self, 0, ""))).Number is not null;

    /// <summary>Says something to one gateway or, with "", to all, and waits for nothing but Redis.</summary>
    /// <exception cref="MeshException">Redis did not take it.</exception>
    public Task<long> TellAsync(string gateway, MeshMessage message) =>
        _link.RunAsync(() => _link.Subscriber.PublishAsync(gateway.Length == 0 ? _all : Channel(gateway), message.ToBytes()));

    /// <summary>Asks one gateway, which does not reply when it is gone, or too busy.</summary>
    /// <exception cref="MeshException">Redis did not take it.</exception>
    public async Task<MeshReply> AskAsync(string gateway, MeshMessage message)
    {
        var question = Open(1, out var id);
        try
        {
            var isHeard = await TellAsync(gateway, message with { Question = id }) > 0;
            await question.Done.Task.WaitAsync(isHeard ? Patience : PatienceWithNobody).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return new MeshReply(question.Last, isHeard);
        }
        finally
        {
            _questions.TryRemove(id, out _);
        }
    }

    /// <summary>Tells all other gateways, and waits until each has acted on it, but for no straggler.</summary>
    /// <exception cref="MeshException">Redis did not take it.</exception>
    public async Task AskAllAsync(MeshMessage message)
    {
        var question = Open(int.MaxValue, out var id);
        try
        {
            // This gateway hears itself too, and replies like the others. On a Redis of several nodes only those on the same one are counted.
            question.Expect((int)await TellAsync("", message with { Question = id }));
            await question.Done.Task.WaitAsync(PatienceWithAll).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            _questions.TryRemove(id, out _);
        }
    }

    public void Dispose()
    {
        try
        {
            _link.Subscriber.Unsubscribe(_all, null, CommandFlags.FireAndForget);
            _link.Subscriber.Unsubscribe(_mine, null, CommandFlags.FireAndForget);
        }
        catch (Exception e) when (e is RedisException or ObjectDisposedException)
        {
            // The connection is gone, and the subscriptions with it.
        }
    }

    private RedisChannel Channel(string gateway) => new($"{_link.Prefix}:mesh:{gateway}", RedisChannel.PatternMode.Literal);

    private Question Open(int replies, out long id)
    {
        id = Interlocked.Increment(ref _lastQuestion);
        return _questions[id] = new Question(replies);
    }

    // Called on a thread that others need: everything happens elsewhere.
    private void Receive(byte[]? bytes)
    {
        if (bytes is not null && MeshMessage.Read(bytes) is { } message)
            _ = Task.Run(() => ReceiveAsync(message));
    }

    private async Task ReceiveAsync(MeshMessage message)
    {
        try
        {
            if (message.Kind == MeshKind.Reply)
            {
                if (_questions.TryGetValue(message.Question, out var question))
                    question.Reply(message.Number);
                return;
            }
            var reply = message.From == Self ? 0 : await _handle(message);
            if (message.Question == 0)
                return;
            if (message.From == Self)
                _questions.GetValueOrDefault(message.Question)?.Reply(reply);
            else
                await TellAsync(message.From, new MeshMessage(MeshKind.Reply, Self, message.Question, message.Session) { Number = reply });
        }
        catch (MeshException e)
        {
            LogNotReplied(e, message.Kind);
        }
        catch (Exception e)
        {
            LogDefect(e, message.Kind);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A {Kind} of another gateway stays without a reply")]
    private partial void LogNotReplied(Exception e, MeshKind kind);

    [LoggerMessage(Level = LogLevel.Error, Message = "A {Kind} of another gateway failed")]
    private partial void LogDefect(Exception e, MeshKind kind);

    private sealed class Question(int expected)
    {
        private readonly Lock _lock = new();
        private int _replies;
        private int _expected = expected;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long? Last { get; private set; }

        public void Expect(int replies)
        {
            lock (_lock)
            {
                _expected = replies;
                Settle();
            }
        }

        public void Reply(long number)
        {
            lock (_lock)
            {
                _replies++;
                Last = number;
                Settle();
            }
        }

        private void Settle()
        {
            if (_replies >= _expected)
                Done.TrySetResult();
        }
    }
}

/// <summary>What came of a question.</summary>
/// <param name="Number">The reply; null when there was none in time.</param>
/// <param name="IsHeard">Whether anyone heard the question.</param>
internal readonly record struct MeshReply(long? Number, bool IsHeard);
