namespace Granary.Gateway.Protocol.Legacy.Sessions;

/// <summary>The one gateway there is: whatever it cannot do alone is about nothing.</summary>
internal sealed class LoneMesh(LocalMemories memories) : IMesh, IDisposable
{
    public string Self => "";

    public ISessionMemories Memories => memories;

    public IStreamRecords? Streams => null;

    public void Cancel(Session session, string requestId)
    {
    }

    public ValueTask AnswerAsync(Session session, string gateway, ReadOnlyMemory<byte> response) => default;

    public ValueTask<long> TakePushAsync(Session session) => default;

    public ValueTask<Delivery> DeliverAsync(string gateway, string conversation, ReadOnlyMemory<byte> message) => new(Delivery.NotFound);

    public void Dispose() => memories.Dispose();
}
