using Granary.Gateway.Protocol.Messages;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Calls;

/// <summary><c>notifications/cancelled</c>, which every revision has.</summary>
internal static class CancelledRequest
{
    /// <summary>The raw id of the request it names; null for other messages.</summary>
    public static string? IdIn(Envelope envelope)
    {
        if (envelope.Kind != MessageKind.Notification || envelope.Method != NotificationMethods.CancelledNotification)
            return null;
        using var parameters = envelope.ParseParams();
        return parameters.RootElement.TryGetProperty("requestId", out var id) ? id.GetRawText() : null;
    }
}
