using System.Text.Json.Nodes;
using Granary.Instana.Operations;

namespace Granary.Instana.Handlers.Events;

/// <summary>Lists of events: their order, and where a cursor goes on.</summary>
internal static class EventList
{
    /// <summary>The events of an answer, each once; anything else in it is no event.</summary>
    public static List<JsonObject> Of(JsonNode node)
    {
        if (node is JsonObject one && one["items"] is not JsonArray)
            return one.ContainsKey("eventId") ? [one] : [];
        var seen = new HashSet<string>();
        return [.. (Bodies.ListOf(node) ?? []).OfType<JsonObject>().Where(item => Bodies.Text(item, "eventId") is not { } id || seen.Add(id))];
    }

    /// <summary>
    /// Sorts and pages. The order is total, by the id at last, so a cursor that names the last event shown yields every event of the window once,
    /// although the backend sends the whole window each time and may send it in another order.
    /// </summary>
    public static Answer Page(OperationContext context, List<JsonObject> events, JsonObject results)
    {
        var sort = context.Params.Text("sort") ?? "-time";
        // Keys are read once for each event, not once for each comparison.
        var sorted = events.ConvertAll(item => (Key: Key(item), Item: item));
        sorted.Sort((a, b) => Compare(sort, a.Key, b.Key));
        var from = 0;
        if (context.From?.After is { Count: 3 } after)
        {
            var last = (after[0]!.GetValue<long>(), after[1]!.GetValue<long>(), after[2]!.GetValue<string>());
            while (from < sorted.Count && Compare(sort, sorted[from].Key, last) <= 0)
                from++;
        }
        var most = (int)Math.Min(sorted.Count - from, context.Params.Number("max_events") ?? (context.Params.Has("aggregate_by") ? EventAggregation.Examples : 50));
        var shown = new JsonArray();
        for (var i = from; i < from + most; i++)
            shown.Add(EventTrim.Of(context, sorted[i].Item));
        results["events"] = shown;
        results["events_returned"] = shown.Count;
        return new Answer
        {
            Results = results, ListName = "events", Total = sorted.Count,
            Next = kept => from + kept >= sorted.Count || kept == 0 ? null : new AnswerCursor(null, 0, context.Window) { After = After(sorted[from + kept - 1].Key) },
            Cut = (cut, kept) => cut["events_returned"] = kept,
        };
    }

    /// <summary>The period of the answer, as the tools of the Python server name it.</summary>
    public static void AddWindow(OperationContext context, JsonObject results)
    {
        if (context.Window is not { } window)
            return;
        results["time_range"] = window.ToString();
        results["from_time"] = window.From;
        results["to_time"] = window.To;
    }

    private static JsonArray After((long Severity, long Start, string Id) key) => [key.Severity, key.Start, key.Id];

    private static (long Severity, long Start, string Id) Key(JsonObject item) =>
        (Bodies.Number(item, "severity") ?? -3, Bodies.Number(item, "start") ?? 0, Bodies.Text(item, "eventId") ?? "");

    private static int Compare(string sort, (long Severity, long Start, string Id) a, (long Severity, long Start, string Id) b)
    {
        var order = sort switch
        {
            "severity" => a.Severity.CompareTo(b.Severity),
            "-severity" => b.Severity.CompareTo(a.Severity),
            _ => 0,
        };
        if (order == 0)
            order = sort == "time" ? a.Start.CompareTo(b.Start) : b.Start.CompareTo(a.Start);
        return order != 0 ? order : string.CompareOrdinal(a.Id, b.Id);
    }
}
