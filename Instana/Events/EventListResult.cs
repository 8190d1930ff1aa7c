using System.Text.Json;
using Granary.Instana.Time;

namespace Granary.Instana.Events;

/// <summary>The fields that every list of events has.</summary>
internal static class EventListResult
{
    /// <summary>The first events, trimmed, and how many there are in truth.</summary>
    public static void WriteEvents(Utf8JsonWriter writer, List<JsonElement> events, long most, DateTimeOffset now)
    {
        var returned = (int)Math.Min(most, events.Count);
        writer.WriteStartArray("events");
        for (var i = 0; i < returned; i++)
            EventTrim.Write(writer, events[i], now);
        writer.WriteEndArray();
        writer.WriteNumber("events_returned", returned);
        writer.WriteNumber("total_events", events.Count);
        if (returned < events.Count)
        {
            writer.WriteBoolean("truncated", true);
            writer.WriteString("hint", $"{returned} of {events.Count} events are shown; filter more, shorten the period, or raise max_events (at most 1000).");
        }
    }

    public static void WriteWindow(Utf8JsonWriter writer, TimeWindow window)
    {
        writer.WriteString("time_range", window.ToString());
        writer.WriteNumber("from_time", window.From);
        writer.WriteNumber("to_time", window.To);
    }
}
