using System.Collections.Concurrent;
using System.Text.Json;
using Granary.Gateway.Protocol.Channels;
using Granary.Gateway.Protocol.Push;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Sessions;

/// <summary>What is remembered of one legacy session, and what is under way in it.</summary>
internal sealed class SessionState(DateTimeOffset expires)
{
    private const int MaxSubscriptions = 1_000;

    private readonly ConcurrentDictionary<string, byte> _subscriptions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CallChannel> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonElement>> _asked = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ResumableStream> _streams = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closed = new();
    private CancellationTokenSource? _push;

    public DateTimeOffset Expires { get; } = expires;

    /// <summary>The level the client set, or null where it never set one.</summary>
    public LoggingLevel? LogLevel { get; set; }

    /// <summary>Cancelled when the client ends the session.</summary>
    public CancellationToken Closed => _closed.Token;

    public bool IsEmpty => _push is null && LogLevel is null && _subscriptions.IsEmpty && _running.IsEmpty && _asked.IsEmpty && _streams.IsEmpty;

    public bool IsSubscribed(string uri) => _subscriptions.ContainsKey(uri);

    /// <summary>False when the session has too many subscriptions already.</summary>
    public bool Subscribe(string uri) => _subscriptions.Count < MaxSubscriptions && (_subscriptions.TryAdd(uri, 0) || true);

    public void Unsubscribe(string uri) => _subscriptions.TryRemove(uri, out _);

    /// <summary>Registers a request, so that <c>notifications/cancelled</c> finds it. False when its id is in use.</summary>
    public bool Started(string requestId, CallChannel call) => _running.TryAdd(requestId, call);

    public void Finished(string requestId) => _running.TryRemove(requestId, out _);

    /// <summary>Cancels a request; unknown and finished ones are none of our business.</summary>
    public void Cancel(string requestId)
    {
        if (_running.TryGetValue(requestId, out var call))
            call.Cancel();
    }

    /// <summary>Registers a request to the client; completed by <see cref="Answer"/>.</summary>
    public Task<JsonElement> Ask(string id)
    {
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[id] = answer;
        return answer.Task;
    }

    public void Unask(string id) => _asked.TryRemove(id, out _);

    /// <summary>Gives the client's answer to whoever asked. False when nobody did.</summary>
    public bool Answer(string id, JsonElement result, JsonElement error)
    {
        if (!_asked.TryRemove(id, out var answer))
            return false;
        if (error.ValueKind != JsonValueKind.Undefined)
            answer.TrySetException(new ModelContextProtocol.McpException($"The client refused: {Text(error)}"));
        else
            answer.TrySetResult(result);
        return true;
    }

    public void Add(ResumableStream stream) => _streams[stream.Id] = stream;

    public void Remove(ResumableStream stream) => _streams.TryRemove(stream.Id, out _);

    public ResumableStream? FindStream(string id) => _streams.TryGetValue(id, out var stream) ? stream : null;

    /// <summary>Makes the caller's stream the one that gets pushed messages; <paramref name="overtaken"/> tells when another took over.</summary>
    public IDisposable TakeOverPush(out CancellationToken overtaken)
    {
        var mine = new CancellationTokenSource();
        overtaken = mine.Token;
        Interlocked.Exchange(ref _push, mine)?.Cancel();
        return new Turn(this, mine);
    }

    /// <summary>Ends everything under way.</summary>
    public void Close()
    {
        _closed.Cancel();
        foreach (var answer in _asked.Values)
            answer.TrySetException(new ModelContextProtocol.McpException("The session has ended."));
    }

    private static string Text(JsonElement error) =>
        error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String ? message.GetString()! : "no reason given";

    private sealed class Turn(SessionState state, CancellationTokenSource mine) : IDisposable
    {
        // The source is not disposed: whoever took over may be about to cancel it, and it holds nothing to give back.
        public void Dispose() => Interlocked.CompareExchange(ref state._push, null, mine);
    }
}
