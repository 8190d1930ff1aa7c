using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Instana.Params;

namespace Granary.Instana.Operations;

/// <summary>An operation that is its row: one request, and the answer as the backend gave it, with paging that goes on.</summary>
internal static class GenericOperation
{
    public static async Task<Answer> RunAsync(OperationContext context, CancellationToken cancellation)
    {
        var row = context.Row;
        var reply = await context.SendAsync(cancellation);
        if (reply.Failure is null && row.Method is "PUT" or "POST" && !row.ReadOnly && reply.Body.IsEmpty)
            return Done(context, reply.Status);
        if (!Bodies.TryOpen(reply, row.Result, out var node, out var failure))
            return Answer.Failed(row, failure);
        return row.Result == ResultShape.Nothing ? Done(context, reply.Status, node) : Shape(context, node);
    }

    /// <summary>An opened answer by the row's shape.</summary>
    public static Answer Shape(OperationContext context, JsonNode node)
    {
        var row = context.Row;
        var list = row.Result is ResultShape.List or ResultShape.Pages or ResultShape.Cursor || node is JsonArray ? Bodies.ListOf(node, row.ListName) : null;
        if (list is null)
            return new Answer { Results = Projection.Of(row, context.Client.Links, context.Window, node.AsObject()) };
        return row.Result switch
        {
            ResultShape.Cursor => Cursor(context, node.AsObject(), list),
            ResultShape.Pages when node is JsonObject page => Pages(context, page, list),
            _ => Whole(context, list, (node as JsonObject)),
        };
    }

    /// <summary>A list that is there whole: its pages are made here.</summary>
    public static Answer Whole(OperationContext context, JsonArray list, JsonObject? around = null)
    {
        var row = context.Row;
        var total = list.Count;
        var size = context.Params.Number("page_size") is { } asked && row.Parameters.Any(parameter => parameter is { Name: "page_size", Place: ParameterPlace.Local }) ? (int)asked : total;
        var page = context.Params.Number("page") is { } number && size < total ? (int)Math.Min(number, 1_000_000) : 1;
        var skip = (int)Math.Min(total, context.From?.Skip ?? ((page - 1) * (long)size));
        var shown = new JsonArray();
        var last = context.From is null && size < total ? Math.Min(total, skip + size) : total;
        for (var i = skip; i < last; i++)
            shown.Add(Projection.Of(row, context.Client.Links, context.Window, list[i]));
        var results = new JsonObject { [row.ListName] = shown, ["count"] = shown.Count, ["total"] = total };
        if (size < total)
        {
            results["page"] = page;
            results["page_size"] = size;
            results["total_pages"] = (total + size - 1) / size;
            results["has_next"] = last < total;
            results["has_previous"] = page > 1;
        }
        foreach (var (name, value) in around ?? [])
        {
            if (value is not JsonArray && !results.ContainsKey(name))
                results[name] = value?.DeepClone();
        }
        return new Answer
        {
            Results = results, ListName = row.ListName, Total = total,
            Next = kept => skip + kept < total ? new AnswerCursor(null, skip + kept, context.Window) : null,
            Cut = (cut, kept) => cut["count"] = kept,
        };
    }

    private static Answer Pages(OperationContext context, JsonObject page, JsonArray list)
    {
        var row = context.Row;
        var total = Bodies.Number(page, "totalHits");
        var number = Bodies.Number(page, "page") ?? 1;
        var size = Bodies.Number(page, "pageSize") ?? list.Count;
        var skip = Math.Min(list.Count, context.From?.Skip ?? 0);
        var shown = Tail(context, list, skip);
        var results = Copy(page, list);
        results[row.ListName] = shown;
        results["count"] = shown.Count;
        var more = total is { } all && size > 0 && number * size < all;
        return new Answer
        {
            Results = results, ListName = row.ListName, Total = total,
            Next = kept => skip + kept < list.Count ? new AnswerCursor(context.From?.Page, skip + kept, context.Window)
                : more ? new AnswerCursor(new JsonObject { ["page"] = number + 1, ["pageSize"] = size }, 0, context.Window) : null,
            Cut = (cut, kept) => cut["count"] = kept,
        };
    }

    private static Answer Cursor(OperationContext context, JsonObject page, JsonArray list)
    {
        var row = context.Row;
        var skip = Math.Min(list.Count, context.From?.Skip ?? 0);
        var shown = Tail(context, list, skip);
        var results = Copy(page, list);
        results[row.ListName] = shown;
        results["itemCount"] = shown.Count;
        var more = page["canLoadMore"] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;
        AnswerCursor? Next(int kept)
        {
            var shownAll = skip + kept >= list.Count;
            if (shownAll && (!more || kept == 0))
                return null;
            if (row.Period.Style == PeriodStyle.Config)
                return new AnswerCursor(new JsonObject { ["offset"] = (Bodies.Number(context.From?.Page, "offset") ?? context.Params.Number("offset") ?? 0) + kept }, 0, context.Window);
            if (shownAll && page["next"] is { } next)
                return new AnswerCursor(new JsonObject { ["cursor"] = next.DeepClone() }, 0, context.Window);
            // Every item says how to go on behind it, so a page may be cut anywhere.
            if (list[skip + kept - 1]?["cursor"] is JsonObject cursor && cursor["ingestionTime"] is { } time && cursor["offset"] is { } offset)
                return new AnswerCursor(new JsonObject { ["ingestionTime"] = time.DeepClone(), ["offset"] = offset.DeepClone() }, 0, context.Window);
            return shownAll ? null : new AnswerCursor(context.From?.Page, skip + kept, context.Window);
        }
        return new Answer
        {
            Results = results, ListName = row.ListName, Total = Bodies.Number(page, "totalHits"), Next = kept => kept == 0 ? null : Next(kept),
            Cut = (cut, kept) => cut["itemCount"] = kept,
        };
    }

    private static JsonArray Tail(OperationContext context, JsonArray list, int skip)
    {
        var shown = new JsonArray();
        for (var i = skip; i < list.Count; i++)
            shown.Add(Projection.Of(context.Row, context.Client.Links, context.Window, list[i]));
        return shown;
    }

    /// <summary>Everything of a page but its list.</summary>
    private static JsonObject Copy(JsonObject page, JsonArray list)
    {
        var copy = new JsonObject();
        foreach (var (name, value) in page)
        {
            if (!ReferenceEquals(value, list) && name != "next")
                copy[name] = value?.DeepClone();
        }
        return copy;
    }

    /// <summary>A change that was made, and what the backend says of it.</summary>
    private static Answer Done(OperationContext context, int status, JsonNode? node = null)
    {
        var row = context.Row;
        var results = node as JsonObject is { Count: > 0 } body ? body.DeepClone().AsObject() : [];
        results["success"] = true;
        var what = context.Params.Text("id") ?? row.Parameters.Where(parameter => parameter.Kind == ParameterKind.Id).Select(parameter => context.Params.Text(parameter.Name)).FirstOrDefault(id => id is not null);
        results["message"] = string.Create(CultureInfo.InvariantCulture, $"{row.Name}{(what is null ? "" : $" of {what}")}: done (HTTP {status}).");
        if (status == 204 && row.Before is not null && row.Method != "DELETE")
            results["note"] = "The backend answers 204 where nothing was different from before.";
        return new Answer { Results = results };
    }
}
