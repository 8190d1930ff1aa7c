using System.Text.Json.Nodes;
using Granary.Gateway.Changes;
using Granary.Gateway.Protocol.Messages;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Calls;

/// <summary>The notifications that changes become.</summary>
internal static class ChangeMessages
{
    /// <param name="change">What changed.</param>
    /// <param name="subscriptionId">The raw id of the listen request that asked for it (rule L2), or null on a legacy stream.</param>
    public static byte[] Make(Change change, JsonNode? subscriptionId)
    {
        var meta = subscriptionId is null ? null : new JsonObject { [MetaKeys.SubscriptionId] = subscriptionId.DeepClone() };
        return change.Kind switch
        {
            ChangeKind.Tools => RpcWriter.Notification(
                NotificationMethods.ToolListChangedNotification, new ToolListChangedNotificationParams { Meta = meta }),
            ChangeKind.Prompts => RpcWriter.Notification(
                NotificationMethods.PromptListChangedNotification, new PromptListChangedNotificationParams { Meta = meta }),
            ChangeKind.Resources => RpcWriter.Notification(
                NotificationMethods.ResourceListChangedNotification, new ResourceListChangedNotificationParams { Meta = meta }),
            _ => RpcWriter.Notification(
                NotificationMethods.ResourceUpdatedNotification, new ResourceUpdatedNotificationParams { Uri = change.Uri, Meta = meta }),
        };
    }
}
