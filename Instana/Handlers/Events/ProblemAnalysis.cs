using System.Text;
using System.Text.Json.Nodes;
using Granary.Instana.Operations;
using Granary.Instana.Time;

namespace Granary.Instana.Handlers.Events;

/// <summary>One problem and the events that show it.</summary>
internal sealed record ProblemGroup(string Problem, IReadOnlyList<JsonObject> Events, IReadOnlyList<string> Affected);

/// <summary>Groups events by their problem and tells the largest groups, in JSON and in words.</summary>
internal static class ProblemAnalysis
{
    private const string Prefix = "Monitoring issue: ";
    private const int MaxGroups = 10;
    private const int MaxInSummary = 5;
    private const int MaxValues = 10;
    private const int Samples = 3;

    public static IReadOnlyList<ProblemGroup> Group(IEnumerable<JsonObject> events, Func<JsonObject, string?> affected) =>
    [
        .. events.GroupBy(Problem)
            .Select(group => new ProblemGroup(group.Key, [.. group], Distinct(group, affected)))
            .OrderByDescending(group => group.Events.Count)
            .ThenBy(group => group.Problem, StringComparer.Ordinal),
    ];

    public static JsonArray Write(IReadOnlyList<ProblemGroup> groups, string affectedName) => new(
    [
        .. groups.Take(MaxGroups).Select(group => new JsonObject
        {
            ["problem"] = group.Problem,
            ["count"] = group.Events.Count,
            [affectedName] = AnswerEnvelope.Strings(group.Affected.Take(MaxValues)),
            ["details"] = Values(group, "detail"),
            ["fix_suggestions"] = Values(group, "fixSuggestion"),
            ["entity_types"] = Values(group, "entityType"),
            ["sample_events"] = new JsonArray([.. group.Events.Take(Samples).Select(Sample)]),
        }),
    ]);

    public static string Headline(IReadOnlyList<ProblemGroup> groups, int total, TimeWindow window) => total == 0
        ? $"No events from {window}."
        : $"{total} {(total == 1 ? "event" : "events")} from {window}, {groups.Count} different {(groups.Count == 1 ? "problem" : "problems")}:";

    public static string Summary(IReadOnlyList<ProblemGroup> groups, int total, TimeWindow window)
    {
        var text = new StringBuilder(Headline(groups, total, window));
        foreach (var group in groups.Take(MaxInSummary))
        {
            text.Append($"\n- **{group.Problem}**: {group.Events.Count}");
            if (group.Affected.Count > 0)
                text.Append($" ({string.Join(", ", group.Affected.Take(3))}{(group.Affected.Count > 3 ? ", …" : "")})");
        }
        return text.ToString();
    }

    private static string Problem(JsonObject item)
    {
        var problem = Bodies.Text(item, "problem") is { Length: > 0 } text ? text : "Unknown";
        return problem.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? problem[Prefix.Length..] : problem;
    }

    private static JsonArray Values(ProblemGroup group, string name) => AnswerEnvelope.Strings(Distinct(group.Events, item => Bodies.Text(item, name)).Take(MaxValues));

    private static List<string> Distinct(IEnumerable<JsonObject> events, Func<JsonObject, string?> value) =>
        [.. events.Select(value).OfType<string>().Where(text => text.Length > 0).Distinct()];

    /// <summary>Enough to ask for the event itself; its rest is in the list of events.</summary>
    private static JsonObject Sample(JsonObject item)
    {
        var sample = new JsonObject { ["eventId"] = Bodies.Text(item, "eventId"), ["entityLabel"] = Bodies.Text(item, "entityLabel") };
        if (Bodies.Number(item, "start") is { } start)
            sample["start"] = start;
        return sample;
    }
}
