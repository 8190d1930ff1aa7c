using System.Text;
using System.Text.Json.Nodes;

namespace Granary.Instana.Operations;

/// <summary>Shows the request that a change would send, and what it would change.</summary>
internal static class DryRun
{
    private const int MaxDifferences = 100;

    public static async Task<InstanaResult> ShowAsync(OperationContext context, OperationHandler? handler, CancellationToken cancellation)
    {
        // A handler that makes its own requests shows them itself: it sees the wish.
        if (handler is not null)
        {
            var answer = await handler(context, cancellation);
            return answer.Failure ?? Close(context, answer.Results);
        }
        var request = context.Request();
        var body = request.Body is { } bytes ? JsonNode.Parse(Encoding.UTF8.GetString(bytes.Span)) : null;
        var results = Request(request.Method.Method, request.Path, request.Query, body);
        if (context.Row.Before is { } path && context.Row.Method != "DELETE")
        {
            var before = await context.SendAsync(Http.InstanaRequest.Get(request.Path, RequestBuilder.Family(path)), cancellation);
            if (!Bodies.TryOpen(before, ResultShape.Object, out var old, out var failure))
                return AnswerEnvelope.Failed(context.Row, failure);
            results["difference"] = Difference(old, body);
        }
        return Close(context, results);
    }

    public static JsonObject Request(string method, string path, string query, JsonNode? body)
    {
        var request = new JsonObject { ["method"] = method, ["path"] = query.Length == 0 ? path : $"{path}?{query}" };
        if (body is not null)
            request["body"] = body.DeepClone();
        return new JsonObject { ["dry_run"] = true, ["request"] = request };
    }

    /// <summary>What is different: path, before, after. Members that the new document does not name stay as they are, or are the backend's own.</summary>
    public static JsonArray Difference(JsonNode? before, JsonNode? after)
    {
        var list = new JsonArray();
        Compare("", before, after, list);
        return list;
    }

    private static void Compare(string path, JsonNode? before, JsonNode? after, JsonArray list)
    {
        if (list.Count >= MaxDifferences || JsonNode.DeepEquals(before, after))
            return;
        if (before is JsonObject old && after is JsonObject now)
        {
            foreach (var (name, value) in now)
                Compare(path.Length == 0 ? name : $"{path}.{name}", old[name], value, list);
            return;
        }
        list.Add(new JsonObject { ["field"] = path, ["before"] = before?.DeepClone(), ["after"] = after?.DeepClone() });
    }

    private static InstanaResult Close(OperationContext context, JsonObject results)
    {
        var envelope = AnswerEnvelope.Open(context.Row);
        envelope["results"] = results;
        AnswerEnvelope.AddWarnings(envelope, context.Params);
        return AnswerEnvelope.Close(envelope, false);
    }
}
