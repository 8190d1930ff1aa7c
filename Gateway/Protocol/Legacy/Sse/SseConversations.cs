using System.Collections.Concurrent;
using Granary.Gateway.Access;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Protocol.Stdio;

namespace Granary.Gateway.Protocol.Legacy.Sse;

/// <summary>The HTTP+SSE streams that this gateway holds.</summary>
internal sealed class SseConversations
{
    private readonly ConcurrentDictionary<string, (Principal Caller, Conversation Conversation)> _open = new(StringComparer.Ordinal);

    public int Count => _open.Count;

    public void Add(string key, Principal caller, Conversation conversation) => _open[key] = (caller, conversation);

    public void Remove(string key) => _open.TryRemove(key, out _);

    /// <summary>Whether a stream is open and this caller's own.</summary>
    public bool Has(string key, Principal caller) =>
        _open.TryGetValue(key, out var found) && found.Caller.Tenant == caller.Tenant && found.Caller.Name == caller.Name;

    /// <summary>Gives a message to a stream; the answer comes on it. The stream keeps the bytes.</summary>
    public Delivery Deliver(string key, ReadOnlyMemory<byte> message)
    {
        if (!_open.TryGetValue(key, out var found))
            return Delivery.NotFound;
        try
        {
            found.Conversation.Accept(message);
            return Delivery.Accepted;
        }
        catch (RpcException)
        {
            return Delivery.Invalid;
        }
    }
}
