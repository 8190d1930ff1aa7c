using System.Text.Json;
using Granary.Simulator.World;

namespace Granary.Simulator.Events;

/// <summary>Writes events as the backend's API documents them.</summary>
internal static class EventJson
{
    public static void Write(Utf8JsonWriter writer, WorldEvent item, long now)
    {
        writer.WriteStartObject();
        writer.WriteString("eventId", item.Id);
        writer.WriteNumber("start", item.Start);
        writer.WriteNumber("end", Math.Min(item.End, Math.Max(now, item.Start)));
        writer.WriteString("type", item.Type);
        writer.WriteString("state", item.IsOpenAt(now) ? "open" : "closed");
        writer.WriteString("problem", item.Problem);
        writer.WriteString("detail", item.Detail);
        writer.WriteNumber("severity", item.Severity);
        writer.WriteString("entityName", item.EntityName);
        writer.WriteString("entityLabel", item.EntityLabel);
        writer.WriteString("entityType", item.EntityType);
        writer.WriteString("fixSuggestion", item.FixSuggestion);
        writer.WriteString("snapshotId", item.SnapshotId);
        if (item.SpecificationId is not null)
            writer.WriteString("eventSpecificationId", item.SpecificationId);
        if (item.ServiceId is not null)
        {
            writer.WriteString("serviceId", item.ServiceId);
            writer.WriteString("applicationId", Shop.ApplicationId);
        }
        WriteMetrics(writer, item);
        if (item.Kind == EventKind.Incident)
            WriteIncident(writer, item);
        writer.WriteEndObject();
    }

    private static void WriteMetrics(Utf8JsonWriter writer, WorldEvent item)
    {
        if (item.Metric is null)
            return;
        writer.WriteStartArray("metrics");
        writer.WriteStartObject();
        writer.WriteString("metricName", item.Metric);
        if (item.ServiceId is not null)
            writer.WriteString("metricAggregation", "MEAN");
        else
            writer.WriteString("snapshotId", item.SnapshotId);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteIncident(Utf8JsonWriter writer, WorldEvent item)
    {
        writer.WriteStartArray("recentEvents");
        foreach (var id in item.Recent)
        {
            writer.WriteStartObject();
            writer.WriteString("eventId", id);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WritePropertyName("probableCause");
        if (item.RootHost is null)
        {
            // Not an empty object: the real backend writes an empty array, and clients must live with it.
            writer.WriteStartArray();
            writer.WriteEndArray();
            return;
        }
        writer.WriteStartObject();
        writer.WriteBoolean("found", true);
        writer.WriteStartArray("currentRootCause");
        writer.WriteStartObject();
        writer.WriteString("entityType", "host");
        writer.WriteString("entityLabel", item.RootHost);
        writer.WriteNumber("probFailure", 0.8734);
        writer.WriteStartArray("explainability");
        writer.WriteStartObject();
        writer.WriteString("text", $"CPU steal on {item.RootHost} precedes the errors");
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
