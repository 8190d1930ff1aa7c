namespace Granary.Gateway.Protocol.Legacy.Sessions;

/// <summary>
/// How the gateways of one endpoint act as one for clients until 2025-11-25, whose sessions span requests that a load balancer gives to any of
/// them. What this gateway can do alone it does first; the mesh is asked only for the rest.
/// </summary>
internal interface IMesh
{
    /// <summary>
    /// Names this gateway in the ids it gives out, so that what comes back with them finds it. Empty where there is no other gateway.
    /// </summary>
    string Self { get; }

    /// <summary>What clients asked to be remembered.</summary>
    ISessionMemories Memories { get; }

    /// <summary>The event streams that a client may resume on another gateway than the one that runs the call; null where there is none.</summary>
    IStreamRecords? Streams { get; }

    /// <summary>Cancels a request that runs on another gateway. Nobody is told when that fails, as with any cancellation.</summary>
    void Cancel(Session session, string requestId);

    /// <summary>Gives a client's response to the gateway that asked.</summary>
    /// <exception cref="Messages.RpcException">It cannot be reached now (503).</exception>
    ValueTask AnswerAsync(Session session, string gateway, ReadOnlyMemory<byte> response);

    /// <summary>Ends the session's push streams on other gateways; the number orders the caller's among them, 0 when it is not known.</summary>
    ValueTask<long> TakePushAsync(Session session);

    /// <summary>Gives a message to the HTTP+SSE conversation that another gateway holds.</summary>
    ValueTask<Delivery> DeliverAsync(string gateway, string conversation, ReadOnlyMemory<byte> message);
}

/// <summary>What became of a message to a conversation.</summary>
internal enum Delivery
{
    NotFound,
    Accepted,
    Invalid,
    Unreachable,
}
