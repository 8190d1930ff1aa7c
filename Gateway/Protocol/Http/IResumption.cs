namespace Granary.Gateway.Protocol.Http;

/// <summary>Keeps the event stream of one reply beyond its connection, in revisions that can resume one.</summary>
internal interface IResumption
{
    /// <summary>The reply becomes an event stream; called once, before anything is sent.</summary>
    ValueTask OpenAsync(SseWriter writer);

    /// <summary>Sends a message that precedes the response.</summary>
    ValueTask SendAsync(byte[] message);

    /// <summary>Closes the connection while the call goes on, and tells the client when to come back.</summary>
    ValueTask DetachAsync(TimeSpan retryAfter);

    /// <summary>Ends the stream with the response, or with null for a cancelled request, which has none.</summary>
    ValueTask FinishAsync(byte[]? response);
}
