using System.Text.Json.Nodes;
using Granary.Simulator.Api;

namespace Granary.Simulator.Query;

/// <summary>The ways of the API to give a long list in parts.</summary>
internal static class ResultPages
{
    private const int MaxRetrieval = 200;

    /// <summary><c>page</c> and <c>pageSize</c>, counted from 1.</summary>
    public static JsonObject Numbered(IReadOnlyList<JsonNode> all, long page, long size, string member = "items")
    {
        page = Math.Max(1, page);
        size = size <= 0 ? 20 : size;
        return Json.Object((member, Json.Array(all.Skip((int)((page - 1) * size)).Take((int)size))), ("page", page), ("pageSize", size),
            ("totalHits", all.Count));
    }

    public static JsonObject Numbered(IReadOnlyList<JsonNode> all, ApiCall call, long absent = 20) =>
        Numbered(all, call.Number("page", 1), call.Number("pageSize", absent));

    public static JsonObject Numbered(IReadOnlyList<JsonNode> all, JsonObject body, string member = "items") =>
        Numbered(all, body["pagination"].Number("page") ?? 1, body["pagination"].Number("pageSize") ?? 20, member);

    /// <summary>
    /// The ingestion cursor: each item says where it is. What arrives later is newer than the first page's ingestion time, and later pages
    /// leave it out.
    /// </summary>
    public static JsonObject Cursor(long total, Func<int, int, IEnumerable<JsonObject>> take, JsonNode? pagination, QueryWindow window)
    {
        var size = pagination.Number("retrievalSize") ?? 20;
        if (size is < 1 or > MaxRetrieval)
            throw new BadQueryException("retrievalSize must be between 1 and 200");
        var offset = pagination.Number("offset") ?? 0;
        var ingestion = pagination.Number("ingestionTime") ?? window.To;
        var items = new JsonArray();
        foreach (var item in take((int)offset, (int)size))
        {
            item["cursor"] = Json.Object(("@class", ".IngestionOffsetCursor"), ("ingestionTime", ingestion), ("offset", ++offset));
            items.Add((JsonNode)item);
        }
        return Json.Object(
            ("items", items),
            ("canLoadMore", offset < total),
            ("totalHits", total),
            ("totalRepresentedItemCount", total),
            ("totalRetainedItemCount", total),
            ("adjustedTimeframe", window.Adjusted));
    }
}
