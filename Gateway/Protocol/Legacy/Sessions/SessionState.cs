using System.Collections.Concurrent;
using System.Text.Json;
using Granary.Gateway.Protocol.Calls;

namespace Granary.Gateway.Protocol.Legacy.Sessions;

/// <summary>What is under way in one legacy session on this gateway.</summary>
internal sealed class SessionState(DateTimeOffset expires) : Leased(expires)
{
    private readonly ConcurrentDictionary<string, CallChannel> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonElement>> _asked = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ResumableStream> _streams = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closed = new();
    private readonly PushTurns _push = new();

    /// <summary>Cancelled when the client ends the session.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>Which stream gets pushed messages.</summary>
    public PushTurns Push => _push;

    public override bool IsIdle => !_push.IsTaken && _running.IsEmpty && _asked.IsEmpty && _streams.IsEmpty;

    /// <summary>Registers a request, so that <c>notifications/cancelled</c> finds it. False when its id is in use.</summary>
    public bool Started(string requestId, CallChannel call) => _running.TryAdd(requestId, call);

    public void Finished(string requestId) => _running.TryRemove(requestId, out _);

    /// <summary>Cancels a request. False when none of this id runs here.</summary>
    public bool Cancel(string requestId)
    {
        if (!_running.TryGetValue(requestId, out var call))
            return false;
        call.Cancel();
        return true;
    }

    /// <summary>Registers a request to the client; completed by <see cref="Answer"/>.</summary>
    public Task<JsonElement> Ask(string id)
    {
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[id] = answer;
        return answer.Task;
    }

    public void Unask(string id) => _asked.TryRemove(id, out _);

    /// <summary>Gives the client's answer to the call that asked. False when none did.</summary>
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

    /// <summary>Ends everything under way.</summary>
    public void Close()
    {
        _closed.Cancel();
        foreach (var answer in _asked.Values)
            answer.TrySetException(new ModelContextProtocol.McpException("The session has ended."));
    }

    private static string Text(JsonElement error) =>
        error.ValueKind == JsonValueKind.Object
        && error.TryGetProperty("message", out var message)
        && message.ValueKind == JsonValueKind.String
            ? message.GetString()!
            : "no reason given";
}
