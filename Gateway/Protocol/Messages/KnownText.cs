using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Messages;

/// <summary>Shares the strings that stand in nearly every message, so that routing allocates none of them.</summary>
internal static class KnownText
{
    private static readonly (byte[] Bytes, string Text)[] Known = Make(
        "2.0",
        RequestMethods.ToolsCall,
        RequestMethods.ToolsList,
        RequestMethods.ServerDiscover,
        RequestMethods.SubscriptionsListen,
        RequestMethods.Initialize,
        RequestMethods.Ping,
        RequestMethods.PromptsList,
        RequestMethods.PromptsGet,
        RequestMethods.ResourcesList,
        RequestMethods.ResourcesRead,
        RequestMethods.ResourcesTemplatesList,
        RequestMethods.ResourcesSubscribe,
        RequestMethods.ResourcesUnsubscribe,
        RequestMethods.CompletionComplete,
        RequestMethods.LoggingSetLevel,
        NotificationMethods.InitializedNotification,
        NotificationMethods.CancelledNotification,
        Revisions.V20260728,
        Revisions.V20251125,
        "append_event",
        "query_timeline",
        "verify_chain",
        "manage_events");

    /// <summary>The string the reader stands on.</summary>
    public static string Get(in Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            var value = reader.ValueSpan;
            foreach (var (bytes, text) in Known)
            {
                if (value.Length == bytes.Length && value.SequenceEqual(bytes))
                    return text;
            }
        }
        return reader.GetString()!;
    }

    private static (byte[], string)[] Make(params string[] texts) =>
        [.. texts.Select(t => (System.Text.Encoding.UTF8.GetBytes(t), t))];
}
