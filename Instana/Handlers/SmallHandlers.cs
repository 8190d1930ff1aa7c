using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Instana.Http;
using Granary.Instana.Operations;

namespace Granary.Instana.Handlers;

/// <summary>Operations that filter, count or join what one or two requests bring.</summary>
internal static class SmallHandlers
{
    /// <summary>The types, or the tags, of the actions there are: the backend has no request for that.</summary>
    public static OperationHandler DistinctOf(string member, string name) => async (context, cancellation) =>
    {
        var reply = await context.SendAsync(cancellation);
        if (!Bodies.TryOpen(reply, ResultShape.List, out var node, out var failure))
            return Answer.Failed(context.Row, failure);
        var actions = Bodies.ListOf(node) ?? [];
        var values = actions.OfType<JsonObject>().SelectMany(action => action[member] is JsonArray many ? many.Select(Bodies.Text) : [Bodies.Text(action, member)])
            .OfType<string>().GroupBy(value => value).OrderBy(group => group.Key, StringComparer.Ordinal).ToList();
        return new Answer
        {
            Results = new JsonObject
            {
                [name] = AnswerEnvelope.Strings(values.Select(group => group.Key)), ["count"] = values.Count,
                ["actions_by_value"] = new JsonObject([.. values.Select(group => KeyValuePair.Create<string, JsonNode?>(group.Key, group.Count()))]),
            },
            ListName = name,
        };
    };

    /// <summary>Metrics and tags of a plugin in one answer.</summary>
    public static async Task<Answer> PluginSchemaAsync(OperationContext context, CancellationToken cancellation)
    {
        var plugin = context.Params.Text("plugin")!;
        var tags = InstanaRequest.Get("/api/infrastructure-monitoring/catalog/tags/" + Uri.EscapeDataString(plugin), "infrastructure-monitoring") with { Accept = "*/*" };
        var metricsReply = await context.SendAsync(cancellation);
        var tagsReply = await context.Client.SendCachedAsync(tags, context.Scope, cancellation);
        var errors = new List<string>();
        var hasMetrics = Bodies.TryOpen(metricsReply, ResultShape.List, out var metrics, out var noMetrics);
        var hasTags = Bodies.TryOpen(tagsReply, ResultShape.List, out var tagTree, out var noTags);
        // Half an answer is worth having, if it says which half.
        if (!hasMetrics && !hasTags)
            return Answer.Failed(context.Row, noMetrics!);
        if (!hasMetrics)
            errors.Add($"metrics: {noMetrics!.Details}");
        if (!hasTags)
            errors.Add($"tags: {noTags!.Details}");
        var names = (metrics is null ? [] : Bodies.ListOf(metrics) ?? []).Select(metric => Bodies.Text(metric) ?? Bodies.Text(metric, "metricId")).OfType<string>().ToList();
        var tagNames = (tagTree is null ? [] : Bodies.ListOf(tagTree, "tags") ?? []).Select(tag => Bodies.Text(tag, "name")).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
        return new Answer
        {
            Results = new JsonObject
            {
                ["plugin"] = plugin,
                ["summary"] = new JsonObject { ["total_metrics"] = names.Count, ["total_tags"] = tagNames.Count, ["has_errors"] = errors.Count > 0 },
                ["errors"] = AnswerEnvelope.Strings(errors), ["tags"] = AnswerEnvelope.Strings(tagNames), ["metrics"] = AnswerEnvelope.Strings(names),
            },
            ListName = "metrics", Total = names.Count,
        };
    }

    /// <summary>Items of a list that the backend gives whole, filtered here; says how many there were.</summary>
    public static OperationHandler Filtered(Func<OperationContext, JsonObject, bool> keep) => async (context, cancellation) =>
    {
        var reply = await context.SendAsync(cancellation);
        if (!Bodies.TryOpen(reply, ResultShape.List, out var node, out var failure))
            return Answer.Failed(context.Row, failure);
        var all = Bodies.ListOf(node, context.Row.ListName) ?? [];
        var kept = new JsonArray([.. all.OfType<JsonObject>().Where(item => keep(context, item)).Select(item => item.DeepClone())]);
        var answer = GenericOperation.Whole(context, kept);
        if (kept.Count < all.Count)
            answer.Results["before_filters"] = all.Count;
        return answer;
    };

    public static bool Name(OperationContext context, JsonObject item) =>
        context.Params.Text("name_filter") is not { } part || Bodies.Text(item, "name")?.Contains(part, StringComparison.OrdinalIgnoreCase) == true;

    public static bool Location(OperationContext context, JsonObject item) =>
        Is(context, item, "location_type", "locationType") && Is(context, item, "status", "status");

    public static bool Managed(OperationContext context, JsonObject item) =>
        Bodies.Text(item, "locationType") == "Managed" && Is(context, item, "status", "status");

    /// <summary>One manual service, which the backend gives in its list only.</summary>
    public static async Task<Answer> ManualServiceAsync(OperationContext context, CancellationToken cancellation)
    {
        var id = context.Params.Text("id")!;
        var reply = await context.SendAsync(cancellation);
        if (!Bodies.TryOpen(reply, ResultShape.List, out var node, out var failure))
            return Answer.Failed(context.Row, failure);
        var all = (Bodies.ListOf(node) ?? []).OfType<JsonObject>().ToList();
        return all.Find(item => Bodies.Text(item, "id") == id) is { } found
            ? new Answer { Results = found.DeepClone().AsObject() }
            : Answer.Failed(context.Row, new InstanaFailure(FailureKind.Status, $"There is no manual service with the id {id}; there are {all.Count}.") { Status = 404 });
    }

    /// <summary>Snapshots in short, unless all of them is asked for.</summary>
    public static async Task<Answer> SnapshotsAsync(OperationContext context, CancellationToken cancellation)
    {
        var row = context.Params.Flag("detailed") == true ? context.Row with { Keep = [] } : context.Row;
        var answer = await GenericOperation.RunAsync(context with { Row = row }, cancellation);
        if (answer.Failure is null && answer.ListName is not null)
            answer.Results["total_found"] = (answer.Results[answer.ListName] as JsonArray)?.Count ?? 0;
        return answer;
    }

    /// <summary>Beacons without their unset fields: -1, NaN, empty and null, most of what a beacon is.</summary>
    public static async Task<Answer> BeaconsAsync(OperationContext context, CancellationToken cancellation)
    {
        var answer = await GenericOperation.RunAsync(context, cancellation);
        if (answer.Failure is not null || context.Params.Flag("filter_fields") == false)
            return answer;
        foreach (var item in answer.Results[answer.ListName ?? "items"] as JsonArray ?? [])
        {
            var beacon = (item as JsonObject)?["beacon"] as JsonObject ?? item as JsonObject;
            foreach (var name in beacon?.Where(member => IsUnset(member.Value)).Select(member => member.Key).ToList() ?? [])
                beacon!.Remove(name);
        }
        return answer;
    }

    /// <summary>Tags of a catalog by name; the tree says the same again.</summary>
    public static async Task<Answer> TagsAsync(OperationContext context, CancellationToken cancellation)
    {
        var reply = await context.SendAsync(cancellation);
        if (!Bodies.TryOpen(reply, ResultShape.List, out var node, out var failure))
            return Answer.Failed(context.Row, failure);
        var tags = (Bodies.ListOf(node, "tags") ?? []).OfType<JsonObject>().OrderBy(tag => Bodies.Text(tag, "name"), StringComparer.Ordinal).ToList();
        var skip = Math.Min(tags.Count, context.From?.Skip ?? 0);
        var shown = new JsonArray([.. tags.Skip(skip).Select(tag => new JsonObject
        {
            ["name"] = Bodies.Text(tag, "name"), ["type"] = Bodies.Text(tag, "type"), ["label"] = Bodies.Text(tag, "label"),
        })]);
        var results = new JsonObject { ["tag_names"] = AnswerEnvelope.Strings(tags.Skip(skip).Select(tag => Bodies.Text(tag, "name")).OfType<string>()), ["count"] = tags.Count };
        if (tags.Count <= 60)
            results["tags"] = shown;
        foreach (var name in new[] { "beacon_type", "use_case", "plugin", "data_source" })
        {
            if (context.Params.Text(name) is { } value)
                results[name] = value;
        }
        return new Answer
        {
            Results = results, ListName = "tag_names", Total = tags.Count,
            Next = kept => skip + kept < tags.Count && kept > 0 ? new AnswerCursor(null, skip + kept, null) : null,
        };
    }

    /// <summary>A report whose charts of hundreds of points are told by their ends.</summary>
    public static async Task<Answer> ReportAsync(OperationContext context, CancellationToken cancellation)
    {
        var reply = await context.SendAsync(cancellation);
        if (!Bodies.TryOpen(reply, ResultShape.Object, out var node, out var failure))
            return Answer.Failed(context.Row, failure);
        var reports = new JsonArray();
        foreach (var report in node is JsonArray many ? many.OfType<JsonObject>() : [node.AsObject()])
        {
            var brief = new JsonObject();
            foreach (var (name, value) in report)
                brief[name] = name.EndsWith("Chart", StringComparison.Ordinal) && value is JsonObject chart ? Chart(chart) : value?.DeepClone();
            reports.Add(brief);
        }
        return new Answer { Results = new JsonObject { ["success"] = true, ["reports"] = reports, ["count"] = reports.Count, ["status_code"] = reply.Status }, ListName = "reports" };
    }

    private static JsonObject Chart(JsonObject chart)
    {
        var points = chart.Select(point => (Index: int.TryParse(point.Key, NumberStyles.Integer, CultureInfo.InvariantCulture, out var index) ? index : 0, Value: Bodies.Text(point.Value)))
            .Where(point => double.TryParse(point.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            .Select(point => (point.Index, Value: double.Parse(point.Value!, CultureInfo.InvariantCulture))).OrderBy(point => point.Index).ToList();
        return points.Count == 0
            ? new JsonObject { ["points"] = 0 }
            : new JsonObject
            {
                ["points"] = points.Count, ["first"] = points[0].Value, ["last"] = points[^1].Value, ["min"] = points.Min(point => point.Value),
                ["max"] = points.Max(point => point.Value), ["max_at"] = points.MaxBy(point => point.Value).Index,
            };
    }

    private static bool Is(OperationContext context, JsonObject item, string parameter, string field) =>
        context.Params.Text(parameter) is not { } wanted || wanted.Equals(Bodies.Text(item, field), StringComparison.OrdinalIgnoreCase);

    private static bool IsUnset(JsonNode? value) => value switch
    {
        null => true,
        JsonArray { Count: 0 } or JsonObject { Count: 0 } => true,
        JsonValue scalar => Bodies.Text(scalar) is "" or "-1" or "-1.0" or "NaN",
        _ => false,
    };
}
