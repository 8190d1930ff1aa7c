using System.Text.Json;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Legacy.Calls;

/// <summary>What every legacy transport does with messages that are no requests, and with requests that can be cancelled.</summary>
internal static class LegacyMessages
{
    /// <summary>Takes a notification or a response. False when it is about something that is not under way on this gateway.</summary>
    public static bool Accept(Envelope envelope, SessionState? state) =>
        envelope.Kind == MessageKind.Response
            ? state is not null && Answer(envelope, state)
            : CancelledRequest.IdIn(envelope) is not { } id || state?.Cancel(id) == true;

    /// <summary>
    /// Takes a notification or a response, wherever what it is about is under way. Unknown ones are accepted and ignored, as JSON-RPC has it.
    /// </summary>
    /// <exception cref="RpcException">It is for another gateway, which cannot be reached now (503).</exception>
    public static ValueTask AcceptAsync(Envelope envelope, LegacyPeer peer, IMesh mesh)
    {
        if (peer.Session is not { } session || Accept(envelope, peer.FindState()))
            return default;
        if (CancelledRequest.IdIn(envelope) is { } cancelled)
            mesh.Cancel(session, cancelled);
        else if (AnsweredId(envelope) is { } id && GatewayMark.Find(id) is { } gateway && gateway != mesh.Self)
            return mesh.AnswerAsync(session, gateway, envelope.Body);
        return default;
    }

    /// <summary>
    /// Runs a request that <c>notifications/cancelled</c> and the session's end find. They do before it begins: a client may cancel as soon as it sees the call run, by its
    /// progress or by what it does.
    /// </summary>
    public static async ValueTask<Outcome> RunAsync(Dispatcher dispatcher, LegacyPeer peer, CallChannel channel, ReplyBuffer reply)
    {
        if (peer.Enter() is not { } state)
            return await dispatcher.DispatchAsync(channel, reply);
        var id = channel.Envelope.IdText;
        var registered = state.Started(id, channel);
        await using var ended = state.Closed.UnsafeRegister(static c => ((CallChannel)c!).Cancel(), channel);
        try
        {
            return await dispatcher.DispatchAsync(channel, reply);
        }
        finally
        {
            if (registered)
                state.Finished(id);
            peer.Leave(state);
        }
    }

    private static bool Answer(Envelope envelope, SessionState state)
    {
        if (AnsweredId(envelope) is not { } id)
            return false;
        using var result = envelope.Parse(envelope.Result);
        using var error = envelope.Error.IsPresent ? envelope.Parse(envelope.Error) : null;
        return state.Answer(id, result.RootElement.Clone(), error?.RootElement.Clone() ?? default);
    }

    /// <summary>The id of the question a response answers; null where it is none of ours, which are all texts.</summary>
    private static string? AnsweredId(Envelope envelope)
    {
        if (envelope.Kind != MessageKind.Response)
            return null;
        using var id = JsonDocument.Parse(envelope.Id);
        return id.RootElement.ValueKind == JsonValueKind.String ? id.RootElement.GetString() : null;
    }
}
