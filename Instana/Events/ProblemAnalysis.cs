using System.Text;
using System.Text.Json;
using Granary.Instana.Operations;
using Granary.Instana.Time;

namespace Granary.Instana.Events;

/// <summary>One problem and the events that show it.</summary>
internal sealed record ProblemGroup(string Problem, IReadOnlyList<JsonElement> Events, IReadOnlyList<string> Affected);

/// <summary>Groups events by their problem and tells the largest groups, in JSON and in words.</summary>
internal static class ProblemAnalysis
{
    private const string Prefix = "Monitoring issue: ";
    private const int MaxGroups = 10;
    private const int MaxInSummary = 5;
    private const int MaxValues = 10;
    private const int Samples = 3;

    public static IReadOnlyList<ProblemGroup> Group(IEnumerable<JsonElement> events, Func<JsonElement, string?> affected) =>
    [
        .. events.GroupBy(Problem)
            .Select(group => new ProblemGroup(group.Key, [.. group], Distinct(group, affected)))
            .OrderByDescending(group => group.Events.Count)
            .ThenBy(group => group.Problem, StringComparer.Ordinal),
    ];

    public static void Write(Utf8JsonWriter writer, IReadOnlyList<ProblemGroup> groups, string affectedName)
    {
        writer.WriteStartArray("problem_analyses");
        foreach (var group in groups.Take(MaxGroups))
        {
            writer.WriteStartObject();
            writer.WriteString("problem", group.Problem);
            writer.WriteNumber("count", group.Events.Count);
            Results.WriteStrings(writer, affectedName, group.Affected.Take(MaxValues));
            Results.WriteStrings(writer, "details", Values(group, "detail"));
            Results.WriteStrings(writer, "fix_suggestions", Values(group, "fixSuggestion"));
            Results.WriteStrings(writer, "entity_types", Values(group, "entityType"));
            writer.WriteStartArray("sample_events");
            foreach (var item in group.Events.Take(Samples))
                WriteSample(writer, item);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    public static void WriteSummary(Utf8JsonWriter writer, IReadOnlyList<ProblemGroup> groups, int total, TimeWindow window)
    {
        var text = new StringBuilder();
        if (total == 0)
            text.Append($"No events from {window}.");
        else
            text.Append(
                $"{total} {(total == 1 ? "event" : "events")} from {window}, {groups.Count} different {(groups.Count == 1 ? "problem" : "problems")}:\n");
        foreach (var group in groups.Take(MaxInSummary))
        {
            text.Append($"\n- **{group.Problem}**: {group.Events.Count}");
            if (group.Affected.Count > 0)
                text.Append($" ({string.Join(", ", group.Affected.Take(3))}{(group.Affected.Count > 3 ? ", …" : "")})");
        }
        writer.WriteString("markdown_summary", text.ToString());
    }

    private static string Problem(JsonElement item)
    {
        var problem = EventLists.Text(item, "problem") is { Length: > 0 } text ? text : "Unknown";
        return problem.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? problem[Prefix.Length..] : problem;
    }

    private static IEnumerable<string> Values(ProblemGroup group, string name) =>
        Distinct(group.Events, item => EventLists.Text(item, name)).Take(MaxValues);

    private static List<string> Distinct(IEnumerable<JsonElement> events, Func<JsonElement, string?> value) =>
        [.. events.Select(value).OfType<string>().Where(text => text.Length > 0).Distinct()];

    /// <summary>Enough to ask for the event itself; its rest is in the list of events.</summary>
    private static void WriteSample(Utf8JsonWriter writer, JsonElement item)
    {
        writer.WriteStartObject();
        writer.WriteString("eventId", EventLists.Text(item, "eventId"));
        writer.WriteString("entityLabel", EventLists.Text(item, "entityLabel"));
        if (EventLists.Number(item, "start") is { } start)
            writer.WriteNumber("start", start);
        writer.WriteEndObject();
    }
}
