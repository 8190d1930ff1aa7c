using Granary.Gateway.Access;
using Granary.Gateway.Changes;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Stdio;

/// <summary>What revisions until 2025-11-25 need of a two-way connection. A gateway without it serves 2026-07-28 only.</summary>
internal interface ILegacyConnection
{
    /// <summary>Answers <c>initialize</c>, which opens the connection's session.</summary>
    /// <exception cref="RpcException">The request is malformed.</exception>
    byte[] Initialize(Envelope envelope);

    /// <summary>Takes a notification or a response; unknown ones are ignored.</summary>
    void Accept(Envelope envelope);

    /// <summary>The channel of one request.</summary>
    CallChannel CreateChannel(CallOrigin origin);

    /// <summary>Runs a request of one of these channels, which <c>notifications/cancelled</c> can stop meanwhile.</summary>
    ValueTask<Outcome> RunAsync(Dispatcher dispatcher, CallChannel channel, ReplyBuffer reply);

    /// <summary>The changes to push; none before the client has sent <c>initialize</c>.</summary>
    IChangeListening Listen();

    /// <summary>Cancels what is under way in the session.</summary>
    void Close();
}

/// <summary>Opens the legacy side of two-way connections.</summary>
internal interface ILegacyConnections
{
    ILegacyConnection Open(Principal caller);
}
