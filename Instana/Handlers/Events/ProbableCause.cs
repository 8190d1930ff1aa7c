using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Instana.Operations;

namespace Granary.Instana.Handlers.Events;

/// <summary>
/// The probable root cause of an incident. Its contract leaves the inside open: live answers have a path through the topology and percentages, or a
/// text, or an older form with a type and a label; and <c>[]</c> for none.
/// </summary>
internal static class ProbableCause
{
    private const int MaxSummary = 300;

    public static bool IsFound(JsonObject item) =>
        item["probableCause"] is JsonObject cause
        && (cause["found"] is JsonValue found && found.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? cause["found"]!.GetValue<bool>() : First(cause["currentRootCause"]) is not null);

    /// <summary>The cause in short; null where the event says nothing of it.</summary>
    public static JsonObject? Of(JsonObject item)
    {
        if (item["probableCause"] is not { } given || given is JsonValue)
            return null;
        var brief = new JsonObject { ["found"] = IsFound(item) };
        if (given is JsonObject cause && First(cause["currentRootCause"]) is { } root)
            AddRoot(brief, root);
        return brief;
    }

    private static void AddRoot(JsonObject cause, JsonObject root)
    {
        if (Fraction(root, "probFailure") is { } confidence)
            cause["confidence"] = Math.Round(confidence, 2);
        var path = (root["topology"] as JsonObject)?["shortestPath"] as JsonArray;
        var nodes = path?.OfType<JsonObject>().ToList() ?? [];
        if (Entity(root, nodes) is { } entity)
            cause["rootCauseEntity"] = entity;
        if (Summary(First(root["explainability"])) is { } summary)
            cause["summary"] = summary;
        if (nodes.Count == 0)
            return;
        cause["topologyPath"] = string.Join(" → ", nodes.Select(node => Plugin(Bodies.Text(node, "pluginId"))));
        cause["topologyNodes"] = new JsonArray([.. nodes.Select(Node)]);
    }

    private static JsonNode? Entity(JsonObject root, List<JsonObject> nodes)
    {
        if (root["entityID"] is not JsonObject id)
        {
            var words = string.Join(": ", new[] { Bodies.Text(root, "entityType"), Bodies.Text(root, "entityLabel") }.Where(part => !string.IsNullOrEmpty(part)));
            return words.Length == 0 ? null : JsonValue.Create(words);
        }
        var entity = new JsonObject { ["type"] = Plugin(Bodies.Text(id, "pluginId")), ["pluginId"] = Bodies.Text(id, "pluginId"), ["steadyId"] = Bodies.Text(id, "steadyId") };
        var node = nodes.FirstOrDefault(one => Bodies.Text(one, "steadyId") == Bodies.Text(id, "steadyId"));
        if ((Bodies.Text(id, "snapshotId") ?? Bodies.Text(node, "snapshotId")) is { } snapshot)
            entity["snapshotId"] = snapshot;
        return entity;
    }

    private static JsonObject Node(JsonObject node) => new()
    {
        ["type"] = Plugin(Bodies.Text(node, "pluginId")), ["steadyId"] = Bodies.Text(node, "steadyId"), ["snapshotId"] = Bodies.Text(node, "snapshotId"),
    };

    private static string? Summary(JsonObject? reason)
    {
        if (reason is null)
            return null;
        if (Fraction(reason, "percentageFailedThroughRC") is { } through)
        {
            var other = Fraction(reason, "percentageFailedNotThroughRC") ?? 0;
            return string.Create(CultureInfo.InvariantCulture, $"{Percent(through)}% of calls through root cause failed vs {Percent(other)}% not through it");
        }
        return Bodies.Text(reason, "text") is { Length: > 0 } text ? text.Length <= MaxSummary ? text : text[..MaxSummary] + "…" : null;
    }

    private static string Percent(double fraction) => Math.Round(fraction * 100, 1).ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary><c>com.instana.plugin.mysql</c> is mysql.</summary>
    private static string Plugin(string? id) => string.IsNullOrEmpty(id) ? "unknown" : id[(id.LastIndexOf('.') + 1)..];

    private static double? Fraction(JsonObject item, string name) =>
        double.TryParse(Bodies.Text(item, name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    private static JsonObject? First(JsonNode? list) => list is JsonArray { Count: > 0 } array ? array[0] as JsonObject : null;
}
