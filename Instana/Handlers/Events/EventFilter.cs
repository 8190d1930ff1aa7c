using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Instana.Operations;
using Granary.Instana.Params;

namespace Granary.Instana.Handlers.Events;

/// <summary>The conditions that the backend does not know, so they are checked here. All given ones must hold; how many each removed is counted.</summary>
internal sealed class EventFilter
{
    private readonly List<(string Name, Func<JsonObject, bool> Holds)> _conditions = [];

    public EventFilter(BoundParams bound)
    {
        Same(bound, "entity_type", "entityType");
        Same(bound, "state", "state");
        Same(bound, "event_specification_id", "eventSpecificationId");
        if (bound.Text("severity") is { } severity)
        {
            var wanted = long.Parse(severity, CultureInfo.InvariantCulture);
            _conditions.Add(("severity", item => Bodies.Number(item, "severity") == wanted));
        }
        Part(bound, "entity_name", "entityName");
        Part(bound, "entity_label", "entityLabel");
        if (bound.Text("problem") is { } problem)
            _conditions.Add(("problem", item => Has(item, "problem", problem) || Has(item, "detail", problem)));
        if (bound.Flag("rca") is { } cause)
            _conditions.Add(("rca", item => ProbableCause.IsFound(item) == cause));
        if (bound.Text("query") is { } query)
            _conditions.Add(("query", item => Mentions(item, query)));
    }

    /// <summary>The events that meet all conditions; adds to the results what was there before, and which condition took how many.</summary>
    public List<JsonObject> Apply(List<JsonObject> events, JsonObject results)
    {
        if (_conditions.Count == 0)
            return events;
        var left = events;
        var removed = new JsonObject();
        foreach (var (name, holds) in _conditions)
        {
            var next = left.Where(holds).ToList();
            if (next.Count < left.Count)
                removed[name] = left.Count - next.Count;
            left = next;
        }
        results["before_filters"] = events.Count;
        results["after_filters"] = left.Count;
        if (removed.Count > 0)
            results["removed_by_filters"] = removed;
        if (left.Count == 0 && events.Count > 0)
        {
            var each = _conditions.Select(condition => $"{condition.Name} alone leaves {events.Count(condition.Holds)}");
            results["filter_hint"] = $"{(events.Count == 1 ? "There is 1 event in this period; the filters removed it" : $"There are {events.Count} events in this period; the filters removed all of them")} ({string.Join(", ", each)}).";
        }
        return left;
    }

    private void Same(BoundParams bound, string name, string field)
    {
        if (bound.Text(name) is { } wanted)
            _conditions.Add((name, item => wanted.Equals(Bodies.Text(item, field)?.Replace('_', ' '), StringComparison.OrdinalIgnoreCase) || wanted.Equals(Bodies.Text(item, field), StringComparison.OrdinalIgnoreCase)));
    }

    private void Part(BoundParams bound, string name, string field)
    {
        if (bound.Text(name) is { } wanted)
            _conditions.Add((name, item => Has(item, field, wanted)));
    }

    private static bool Has(JsonObject item, string field, string part) => Bodies.Text(item, field)?.Contains(part, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Whether any value, however deep, contains the text; names of fields do not count.</summary>
    private static bool Mentions(JsonNode? value, string text) => value switch
    {
        JsonObject item => item.Any(member => Mentions(member.Value, text)),
        JsonArray list => list.Any(one => Mentions(one, text)),
        JsonValue scalar when scalar.GetValueKind() is JsonValueKind.String or JsonValueKind.Number => Bodies.Text(scalar)!.Contains(text, StringComparison.OrdinalIgnoreCase),
        _ => false,
    };
}
