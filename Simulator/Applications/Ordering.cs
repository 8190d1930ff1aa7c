using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.Query;

namespace Granary.Simulator.Applications;

/// <summary>Sorts items by one of their metrics; by the first one, falling, where nothing is asked for. Names decide between equals.</summary>
internal static class Ordering
{
    public static List<JsonNode> By(List<JsonNode> items, JsonNode? order, List<MetricSpec> metrics)
    {
        if (metrics.Count == 0)
            return items;
        var by = order.Text("by");
        var metric = metrics.FirstOrDefault(one => one.Name == by || one.Key == by
            || by?.StartsWith(one.Name + ".", StringComparison.OrdinalIgnoreCase) == true);
        if (by is not null && metric is null && by is not ("name" or "label" or "timestamp"))
            throw new BadQueryException($"Cannot order by {by}: it is none of the requested metrics");
        var key = (metric ?? metrics[0]).Key;
        var named = by is "name" or "label";
        IOrderedEnumerable<JsonNode> sorted = named
            ? items.OrderBy(Name, StringComparer.Ordinal)
            : items.OrderBy(item => First(item, key)).ThenByDescending(Name, StringComparer.Ordinal);
        var ascending = order.Text("direction") == "ASC" || (named && order.Text("direction") is null);
        return ascending ? [.. sorted] : [.. sorted.Reverse()];
    }

    private static double First(JsonNode item, string key) => item["metrics"]?[key]?.AsArray().Sum(point => point!.AsArray()[1]?.GetValue<double>() ?? 0) ?? 0;

    private static string Name(JsonNode item) => item.Text("name") ?? item.AsObject().First().Value.Text("label") ?? item.Text("label") ?? "";
}
