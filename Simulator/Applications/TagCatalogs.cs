using System.Text.Json.Nodes;
using Granary.Simulator.Api;

namespace Granary.Simulator.Applications;

/// <summary>Writes catalogs of tags and metrics in the shape that all parts of the API share.</summary>
internal static class TagCatalogs
{
    public static JsonObject Write(IReadOnlyList<(string Level, string Name, string Label, string Type)> tags) => Json.Object(
        ("tagTree", Json.Array(tags.GroupBy(tag => tag.Level).Select(level => (JsonNode)Json.Object(
            ("type", "LEVEL"), ("label", level.Key), ("queryable", false),
            ("children", Json.Array(level.Select(tag => (JsonNode)Json.Object(("type", "TAG"), ("label", tag.Label), ("tagName", tag.Name),
                ("queryable", true))))))))),
        ("tags", Json.Array(tags.Select(tag => (JsonNode)Json.Object(
            ("name", tag.Name), ("label", tag.Label), ("type", tag.Type), ("description", tag.Label), ("canApplyToSource", true),
            ("canApplyToDestination", true), ("idTag", false))))));

    public static JsonObject Metric(string id, string label, string formatter, string description, params string[] aggregations) => Json.Object(
        ("metricId", id), ("label", label), ("formatter", formatter), ("description", description), ("aggregations", Json.Texts(aggregations)));
}
