using System.Text.Json;
using Granary.Instana.Time;

namespace Granary.Instana.Events;

/// <summary>Writes what a model needs of an event, about a third of what the backend sends.</summary>
internal static class EventTrim
{
    private static readonly string[] Always = ["eventId", "eventSpecificationId", "start", "type", "state", "problem"];

    private static readonly string[] EntityIds = ["serviceId", "applicationId", "endpointId", "mobileAppId"];

    public static void Write(Utf8JsonWriter writer, JsonElement item, DateTimeOffset now)
    {
        var type = EventLists.Text(item, "type");
        writer.WriteStartObject();
        foreach (var name in Always)
            Copy(writer, item, name);
        var start = EventLists.Number(item, "start");
        if (start is { } began)
            writer.WriteString("age", Spans.Age(now.ToUnixTimeMilliseconds() - began));
        if (type == "change")
            WriteChange(writer, item, start);
        else
            WriteIssue(writer, item, start, isAgents: type == "agent_monitoring_issue");
        writer.WriteEndObject();
    }

    private static void WriteChange(Utf8JsonWriter writer, JsonElement item, long? start)
    {
        if (start is >= 0 and < 100_000_000_000_000)
            writer.WriteString("timestamp", TimeWindow.Iso(start.Value));
        WriteEntity(writer, item);
        Copy(writer, item, "detail");
    }

    private static void WriteIssue(Utf8JsonWriter writer, JsonElement item, long? start, bool isAgents)
    {
        Copy(writer, item, "end");
        if (!isAgents)
            Copy(writer, item, "severity");
        if (EventLists.Text(item, "state") == "open")
            writer.WriteString("duration", "ongoing");
        else if (start is { } began && EventLists.Number(item, "end") is { } ended && ended >= began)
            writer.WriteString("duration", Spans.Words(ended - began));
        Copy(writer, item, "detail");
        // Many events suggest their own detail as the fix: the same sentence is not worth two.
        if (EventLists.Text(item, "fixSuggestion") != EventLists.Text(item, "detail"))
            Copy(writer, item, "fixSuggestion");
        WriteEntity(writer, item);
        WriteMetrics(writer, item);
        if (item.TryGetProperty("recentEvents", out var recent) && recent.ValueKind == JsonValueKind.Array)
            writer.WriteNumber("relatedEventsCount", recent.GetArrayLength());
        ProbableCause.Write(writer, item);
    }

    private static void WriteEntity(Utf8JsonWriter writer, JsonElement item)
    {
        writer.WriteStartObject("entity");
        CopyAs(writer, item, "entityType", "type");
        CopyAs(writer, item, "entityLabel", "label");
        foreach (var name in EntityIds)
            Copy(writer, item, name);
        writer.WriteEndObject();
    }

    private static void WriteMetrics(Utf8JsonWriter writer, JsonElement item)
    {
        if (!item.TryGetProperty("metrics", out var metrics) || metrics.ValueKind != JsonValueKind.Array || metrics.GetArrayLength() == 0)
            return;
        writer.WriteStartArray("affectedMetrics");
        foreach (var name in metrics.EnumerateArray().Where(metric => metric.ValueKind == JsonValueKind.Object)
            .Select(metric => EventLists.Text(metric, "metricName")).Where(name => !string.IsNullOrEmpty(name)).Distinct())
        {
            writer.WriteStringValue(name);
        }
        writer.WriteEndArray();
    }

    private static void Copy(Utf8JsonWriter writer, JsonElement item, string name) => CopyAs(writer, item, name, name);

    /// <summary>Absent, null and empty are not worth a word.</summary>
    private static void CopyAs(Utf8JsonWriter writer, JsonElement item, string name, string target)
    {
        if (!item.TryGetProperty(name, out var value)
            || value.ValueKind is JsonValueKind.Null
            || (value.ValueKind == JsonValueKind.String && value.ValueEquals("")))
        {
            return;
        }
        writer.WritePropertyName(target);
        if (value.ValueKind == JsonValueKind.String)
            writer.WriteStringValue(EventLists.Decode(value));
        else
            writer.WriteRawValue(value.GetRawText(), skipInputValidation: true);
    }
}
