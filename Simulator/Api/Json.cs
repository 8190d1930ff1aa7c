using System.Text.Json.Nodes;

namespace Granary.Simulator.Api;

/// <summary>Makes JSON in one expression.</summary>
internal static class Json
{
    public static JsonObject Object(params IEnumerable<(string Name, JsonNode? Value)> members)
    {
        var made = new JsonObject();
        foreach (var (name, value) in members)
            made[name] = value;
        return made;
    }

    public static JsonArray Array(params IEnumerable<JsonNode?> items) => new([.. items]);

    public static JsonArray Texts(params IEnumerable<string> items) => new([.. items.Select(item => (JsonNode)item)]);

    /// <summary>A time and a value, as every series writes them.</summary>
    public static JsonArray Point(long time, double value) => [time, value];

    /// <summary>A series of one point. (A point is itself a list, so <see cref="Array"/> would take it for the items.)</summary>
    public static JsonArray Series(long time, double value) => [(JsonNode)Point(time, value)];

    public static string? Text(this JsonNode? node, string member) => (node as JsonObject)?[member]?.ToString();

    public static long? Number(this JsonNode? node, string member) =>
        decimal.TryParse(node.Text(member), System.Globalization.CultureInfo.InvariantCulture, out var value) ? (long)value : null;

    public static IEnumerable<JsonNode> Items(this JsonNode? node, string member) => ((node as JsonObject)?[member] as JsonArray ?? []).OfType<JsonNode>();
}
