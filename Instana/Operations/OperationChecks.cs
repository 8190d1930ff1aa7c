using System.Text.Json.Nodes;
using Granary.Instana.Http;
using Granary.Instana.Params;
using Granary.Spelling;

namespace Granary.Instana.Operations;

/// <summary>What no single parameter can tell: rules between parameters, names that stand for ids, and the backend's own catalogs.</summary>
internal sealed class OperationChecks(IReadOnlyDictionary<string, CatalogSource> catalogs)
{
    /// <summary>Rules between parameters, without any request.</summary>
    public static void Structure(InstanaOperationDefinition row, BoundParams bound)
    {
        if (row.Name == "get_action_matches_by_id_and_time_window" && (bound.Has("application_id") || bound.Has("application_name")) == bound.Has("snapshot_id"))
            bound.Add(new InputProblem("application_id", "Give exactly one of application_id (or application_name) and snapshot_id.") { IsMissing = !bound.Has("snapshot_id") });
        if (row.Name == "get_trace_details" && bound.Has("offset") && !bound.Has("ingestion_time"))
            bound.Add(new InputProblem("ingestion_time", "ingestion_time is required with offset: both are the cursor of the last call.") { IsMissing = true });
        foreach (var parameter in row.Parameters)
        {
            if (parameter.Wire == "tagFilters" && bound.Json(parameter.Name) is { } filter && TagFilterReader.Flatten(filter) is null)
            {
                bound.Add(new InputProblem(
                    parameter.Name,
                    $"{parameter.Name}: this endpoint takes a flat list of filters that must all hold, so OR and nested expressions cannot be sent; ask once for each alternative, or use the groups operation, which takes them."));
            }
        }
    }

    /// <summary>Checks that need the backend; problems go to the parameters. A failure of the backend that the call itself would meet is an answer.</summary>
    public async Task<InstanaResult?> LiveAsync(OperationContext context, CancellationToken cancellation)
    {
        foreach (var parameter in context.Row.Parameters)
        {
            if (parameter.NamedBy is { } by && !context.Params.Has(parameter.Name) && context.Params.Text(by) is { } name && name != "*"
                && await ResolveAsync(context, parameter, by, name, cancellation) is { } failure)
            {
                return failure;
            }
        }
        if (context.Row.MetricCatalog is { } metrics && Metrics(context) is { Count: > 0 } asked)
            await CheckMetricsAsync(context, catalogs[metrics], asked, cancellation);
        if (context.Row.TagCatalog is { } tags && Tags(context) is { Count: > 0 } used)
            await CheckTagsAsync(context, catalogs[tags], used, cancellation);
        return null;
    }

    private async Task<InstanaResult?> ResolveAsync(OperationContext context, InstanaParameter parameter, string by, string name, CancellationToken cancellation)
    {
        var source = catalogs[parameter.NamedIn!];
        var reply = await context.Client.SendCachedAsync(source.Find(name), context.Scope, cancellation);
        if (!Bodies.TryOpen(reply, source.Shape, out var node, out var failure))
            return AnswerEnvelope.Failed(context.Row, failure);
        var entries = source.Entries(node);
        var exact = entries.Where(entry => entry.Label.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase)).DistinctBy(entry => entry.Id).ToList();
        if (exact.Count == 1)
        {
            context.Params.Set(parameter.Name, exact[0].Id);
            return null;
        }
        if (entries.Count == 0 && source.FindsPartOnly)
        {
            // Nothing contains the name: the nearest of all is what a misspelt one means.
            reply = await context.Client.SendCachedAsync(source.Find(""), context.Scope, cancellation);
            entries = Bodies.TryOpen(reply, source.Shape, out node, out _) ? source.Entries(node) : [];
        }
        var labels = entries.Select(entry => entry.Label).Distinct().ToList();
        var nearest = NearestName.Of(name, labels);
        context.Params.Add(new InputProblem(
            by,
            exact.Count > 1
                ? $"{by} '{NearestName.Shorten(name)}' names {exact.Count} of them ({string.Join(", ", exact.Take(5).Select(entry => entry.Id))}); give {parameter.Name}."
                : $"{by}: there is none named '{NearestName.Shorten(name)}'.{(nearest is null ? "" : $" Did you mean '{nearest}'?")}")
        {
            ValidValues = [.. labels.Take(20)],
        });
        return null;
    }

    private static async Task CheckMetricsAsync(OperationContext context, CatalogSource source, List<(string Path, string Metric, string? Aggregation)> asked, CancellationToken cancellation)
    {
        if (await EntriesAsync(context, source, cancellation) is not { Count: > 0 } entries)
            return;
        foreach (var (path, metric, aggregation) in asked)
        {
            var known = entries.FirstOrDefault(entry => entry.Id == metric);
            if (known is null)
            {
                var nearest = NearestName.Of(metric, entries.Select(entry => entry.Id));
                // The catalog of infrastructure leaves out tagged and custom metrics: only what looks like a slip is one there.
                if (source.IsIncomplete && nearest is null)
                    continue;
                context.Params.Add(new InputProblem($"{path}.metric", $"{path}.metric '{NearestName.Shorten(metric)}' is not in the catalog.{(nearest is null ? "" : $" Did you mean '{nearest}'?")}")
                {
                    ValidValues = [.. entries.Select(entry => entry.Id).Take(40)],
                });
            }
            else if (aggregation is not null && known.Aggregations.Count > 0 && !known.Aggregations.Contains(aggregation, StringComparer.OrdinalIgnoreCase))
            {
                context.Params.Add(new InputProblem($"{path}.aggregation", $"{path}.aggregation: {metric} has no aggregation {aggregation}; it has {string.Join(", ", known.Aggregations)}.")
                {
                    ValidValues = known.Aggregations,
                });
            }
        }
    }

    private static async Task CheckTagsAsync(OperationContext context, CatalogSource source, List<(string Path, string Tag)> used, CancellationToken cancellation)
    {
        if (await EntriesAsync(context, source, cancellation) is not { Count: > 0 } entries)
            return;
        foreach (var (path, tag) in used.Where(use => !entries.Exists(entry => entry.Id == use.Tag)))
        {
            var nearest = NearestName.Of(tag, entries.Select(entry => entry.Id));
            if (source.IsIncomplete && nearest is null)
                continue;
            context.Params.Add(new InputProblem(path, $"{path}: the tag '{NearestName.Shorten(tag)}' is not in the catalog.{(nearest is null ? "" : $" Did you mean '{nearest}'?")}")
            {
                ValidValues = [.. entries.Select(entry => entry.Id).Take(40)],
            });
        }
    }

    /// <summary>The entries of a catalog; null, with a note, where it cannot be read: the backend judges the call then.</summary>
    private static async Task<List<CatalogEntry>?> EntriesAsync(OperationContext context, CatalogSource source, CancellationToken cancellation)
    {
        if (source.Request(context) is not { } request)
            return null;
        var reply = await context.Client.SendCachedAsync(request, context.Scope, cancellation);
        if (Bodies.TryOpen(reply, ResultShape.List, out var node, out var failure))
            return source.Entries(node);
        context.Params.Warn($"Names were not checked against the catalog {request.Path}: {failure.Details}");
        return null;
    }

    private static List<(string Path, string Metric, string? Aggregation)> Metrics(OperationContext context)
    {
        var found = new List<(string, string, string?)>();
        var body = Body(context);
        if (body?["metrics"] is JsonArray metrics && !IsDefault(context, "metrics"))
        {
            for (var i = 0; i < metrics.Count; i++)
            {
                if (Bodies.Text(metrics[i], "metric") is { } metric)
                    found.Add(($"metrics[{i}]", metric, Bodies.Text(metrics[i], "aggregation")));
            }
        }
        return found;
    }

    private static List<(string Path, string Tag)> Tags(OperationContext context)
    {
        var found = new List<(string, string)>();
        var body = Body(context);
        if (!IsDefault(context, "group") && Bodies.Text(body?["group"], "groupbyTag") is { } group)
            found.Add(("group.groupbyTag", group));
        if (body?["groupBy"] is JsonArray groups)
            found.AddRange(groups.Select(Bodies.Text).OfType<string>().Select(tag => ("groupBy", tag)));
        Walk("tagFilterExpression", body?["tagFilterExpression"], found);
        return found;
    }

    private static void Walk(string path, JsonNode? node, List<(string, string)> found)
    {
        if (node is not JsonObject filter)
            return;
        if (Bodies.Text(filter, "name") is { } name)
            found.Add((path + ".name", name));
        var index = 0;
        foreach (var element in filter["elements"] as JsonArray ?? [])
            Walk($"{path}.elements[{index++}]", element, found);
    }

    private static bool IsDefault(OperationContext context, string name) =>
        context.Row.Parameters.Any(parameter => parameter.Name == name) && !context.Params.Has(name);

    private static JsonObject? Body(OperationContext context)
    {
        if (context.Row.Parameters.FirstOrDefault(parameter => parameter.Place == ParameterPlace.WholeBody) is { } whole)
            return context.Params.Json(whole.Name) as JsonObject;
        var body = new JsonObject();
        foreach (var parameter in context.Row.Parameters)
        {
            if (context.Params.Json(parameter.Name) is { } node)
                body[parameter.Wire] = node.DeepClone();
        }
        return body;
    }
}

/// <summary>One entry of a catalog.</summary>
internal sealed record CatalogEntry(string Id, string Label)
{
    public IReadOnlyList<string> Aggregations { get; init; } = [];
}

/// <summary>A catalog of the backend: how it is asked for and read.</summary>
internal sealed record CatalogSource
{
    /// <summary>The request, by what the call asks for; null where it cannot be known.</summary>
    public Func<OperationContext, InstanaRequest?> Request { get; init; } = _ => null;

    /// <summary>The request that finds an entry by its name.</summary>
    public Func<string, InstanaRequest> Find { get; init; } = _ => throw new InvalidOperationException("This catalog is not for names.");

    /// <summary>Whether it is asked for names, and not by what a call is about.</summary>
    public bool IsNamed { get; init; }

    /// <summary>What its answer looks like.</summary>
    public ResultShape Shape { get; init; } = ResultShape.List;

    /// <summary>Whether <see cref="Find"/> answers only what contains the name.</summary>
    public bool FindsPartOnly { get; init; }

    /// <summary>Whether what is missing from it may exist all the same.</summary>
    public bool IsIncomplete { get; init; }

    /// <summary>The entries of an answer.</summary>
    public required Func<JsonNode, List<CatalogEntry>> Entries { get; init; }
}
