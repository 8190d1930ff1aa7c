using System.Text.Json;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Protocol.Methods;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Channels;

/// <summary>What every legacy transport does with messages that are no requests, and with requests that can be cancelled.</summary>
internal static class LegacyMessages
{
    /// <summary>Takes a notification or a response. Unknown ones are accepted and ignored, as JSON-RPC has it.</summary>
    public static void Accept(Envelope envelope, LegacyPeer peer)
    {
        if (envelope.Kind == MessageKind.Response)
            Answer(envelope, peer);
        else if (CancelledId(envelope) is { } id)
            peer.FindState()?.Cancel(id);
    }

    /// <summary>Awaits a request that did not complete at once, findable for <c>notifications/cancelled</c> while it runs.</summary>
    public static async ValueTask<Outcome> TrackAsync(Envelope envelope, LegacyPeer peer, CallChannel channel, ValueTask<Outcome> dispatch)
    {
        if (peer.State() is not { } state)
            return await dispatch;
        var id = envelope.IdText;
        var registered = state.Started(id, channel);
        await using var ended = state.Closed.UnsafeRegister(static c => ((CallChannel)c!).Cancel(), channel);
        try
        {
            return await dispatch;
        }
        finally
        {
            if (registered)
                state.Finished(id);
        }
    }

    private static void Answer(Envelope envelope, LegacyPeer peer)
    {
        if (peer.FindState() is not { } state)
            return;
        using var id = JsonDocument.Parse(envelope.Id);
        if (id.RootElement.ValueKind != JsonValueKind.String)
            return;
        using var result = envelope.Parse(envelope.Result);
        using var error = envelope.Error.IsPresent ? envelope.Parse(envelope.Error) : null;
        state.Answer(id.RootElement.GetString()!, result.RootElement.Clone(), error?.RootElement.Clone() ?? default);
    }

    /// <summary>The raw id a <c>notifications/cancelled</c> names; null for other messages.</summary>
    public static string? CancelledId(Envelope envelope)
    {
        if (envelope.Kind != MessageKind.Notification || envelope.Method != NotificationMethods.CancelledNotification)
            return null;
        using var parameters = envelope.ParseParams();
        return parameters.RootElement.TryGetProperty("requestId", out var id) ? id.GetRawText() : null;
    }
}
