namespace Granary.Gateway.Protocol.Calls;

/// <summary>Where messages go that a call sends before its response.</summary>
internal interface IMessageSink
{
    /// <summary>Whether anything can be sent at all; otherwise notifications are dropped.</summary>
    bool CanSend { get; }

    ValueTask SendAsync(byte[] message);

    /// <summary>Closes the connection while the call goes on, where the transport can resume it.</summary>
    ValueTask CloseEarlyAsync(TimeSpan retryAfter);
}

/// <summary>Where a request came from: the parts of a transport that a call may ask about.</summary>
internal interface IRequestSource
{
    bool IsHttp { get; }

    /// <summary>Where the request comes from; null for this machine's own pipes.</summary>
    System.Net.IPAddress? Address { get; }

    string? Header(string name);

    /// <summary>Cancelled when the client is gone.</summary>
    CancellationToken Disconnected { get; }
}
