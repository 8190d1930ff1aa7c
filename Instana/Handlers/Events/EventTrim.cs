using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Instana.Operations;
using Granary.Instana.Time;

namespace Granary.Instana.Handlers.Events;

/// <summary>What a model needs of an event, about a third of what the backend sends; ids that a next question needs are kept.</summary>
internal static class EventTrim
{
    private static readonly string[] Ids = ["snapshotId", "shortCode", "websiteId", "syntheticTestId"];

    private static readonly string[] EntityIds = ["serviceId", "applicationId", "endpointId", "mobileAppId"];

    public static JsonObject Of(OperationContext context, JsonObject item)
    {
        var isChange = Bodies.Text(item, "type") == "change";
        var start = Bodies.Number(item, "start");
        var trimmed = new JsonObject();
        Copy(trimmed, item, "eventId", "eventSpecificationId");
        if (isChange)
            Add(trimmed, "timestamp", start is { } at ? JsonValue.Create(at) : null);
        else
            Copy(trimmed, item, "start");
        Copy(trimmed, item, "type", "state", "problem");
        if (start is { } began)
            trimmed["age"] = Spans.Age(context.Now.ToUnixTimeMilliseconds() - began);
        if (!isChange)
            AddIssue(trimmed, item, start);
        trimmed["entity"] = Entity(item);
        Copy(trimmed, item, "detail");
        if (!isChange)
            AddContext(trimmed, item);
        Copy(trimmed, item, Ids);
        if (context.Client.Links.To("event", item, context.Window) is { } link)
            trimmed["link"] = link;
        return trimmed;
    }

    private static void AddIssue(JsonObject trimmed, JsonObject item, long? start)
    {
        Copy(trimmed, item, "end");
        if (Bodies.Text(item, "type") != "agent_monitoring_issue")
            Copy(trimmed, item, "severity");
        if (Bodies.Text(item, "state") == "open")
            trimmed["duration"] = "ongoing";
        else if (start is { } began && Bodies.Number(item, "end") is { } ended && ended >= began)
            trimmed["duration"] = Spans.Exact(ended - began);
    }

    private static void AddContext(JsonObject trimmed, JsonObject item)
    {
        // Many events suggest their own detail as the fix: the same sentence is not worth two.
        if (Bodies.Text(item, "fixSuggestion") != Bodies.Text(item, "detail"))
            Copy(trimmed, item, "fixSuggestion");
        if (item["metrics"] is JsonArray { Count: > 0 } metrics)
        {
            // The live API sends plain names, its document says objects.
            var names = metrics.Select(metric => Bodies.Text(metric) ?? Bodies.Text(metric, "metricName")).OfType<string>().Where(name => name.Length > 0).Distinct().ToList();
            if (names.Count > 0)
                trimmed["affectedMetrics"] = AnswerEnvelope.Strings(names);
        }
        if (item["recentEvents"] is JsonArray recent)
        {
            trimmed["relatedEventsCount"] = recent.Count;
            var ids = recent.Select(one => Bodies.Text(one) ?? Bodies.Text(one, "eventId")).OfType<string>().Take(10).ToList();
            if (ids.Count > 0)
                trimmed["relatedEventIds"] = AnswerEnvelope.Strings(ids);
        }
        if (ProbableCause.Of(item) is { } cause)
            trimmed["probableCause"] = cause;
    }

    private static JsonObject Entity(JsonObject item)
    {
        var entity = new JsonObject();
        Add(entity, "type", Known(item, "entityType"));
        var label = Bodies.Text(item, "entityLabel");
        if (string.IsNullOrEmpty(label) || label == "null")
            label = "Unknown " + (Bodies.Text(item, "entityType") is { Length: > 0 } type ? type : "entity");
        entity["label"] = label;
        Copy(entity, item, EntityIds);
        return entity;
    }

    private static JsonValue? Known(JsonObject item, string name) => Bodies.Text(item, name) is { Length: > 0 } text ? JsonValue.Create(text) : null;

    private static void Copy(JsonObject target, JsonObject item, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            Add(target, name, item[name]);
    }

    /// <summary>Absent, null and empty are not worth a word; a number far out of range is none.</summary>
    private static void Add(JsonObject target, string name, JsonNode? value)
    {
        if (value is null || (value is JsonValue text && text.GetValueKind() == JsonValueKind.String && text.GetValue<string>().Length == 0))
            return;
        target[name] = value.DeepClone();
    }
}
