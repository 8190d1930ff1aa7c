using System.Text.Json.Nodes;
using Granary.Instana.Client;
using Granary.Instana.Time;

namespace Granary.Instana.Operations;

/// <summary>What is kept of an item, and its link.</summary>
internal static class Projection
{
    public static JsonNode? Of(InstanaOperationDefinition row, InstanaLinks links, TimeWindow? window, JsonNode? item)
    {
        if (item is not JsonObject whole)
            return item?.DeepClone();
        return Of(row, links, window, whole);
    }

    public static JsonObject Of(InstanaOperationDefinition row, InstanaLinks links, TimeWindow? window, JsonObject item)
    {
        var kept = new JsonObject();
        foreach (var (name, value) in item)
        {
            if (row.Keep.Count > 0 && !row.Keep.Contains(name))
                continue;
            if (row.Drop.Contains(name))
                continue;
            // The backend itself answers null where there are none.
            kept[name] = name == "technologies" && value is null ? new JsonArray() : value?.DeepClone();
        }
        if (row.Entity is { } entity && !kept.ContainsKey("link") && links.To(entity, item, window) is { } link)
            kept["link"] = link;
        return kept;
    }
}
