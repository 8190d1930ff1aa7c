using System.Text.Json.Nodes;
using Granary.Instana.Http;
using Granary.Instana.Operations;

namespace Granary.Instana.Handlers;

/// <summary>Entries of a catalog that contain a text, from the connection's cache.</summary>
internal static class NameHandlers
{
    /// <summary>A completion has at most 100 values.</summary>
    private const int Most = 100;

    public static async Task<Answer> FindAsync(OperationContext context, CancellationToken cancellation)
    {
        var source = CatalogSources.All[context.Params.Text("catalog")!];
        var value = context.Params.Text("value")?.Trim() ?? "";
        var found = await ReadAsync(context, source, source.IsNamed ? source.Find("") : source.Request(context), cancellation);
        if (found is null)
            return Answer.Failed(context.Row, new InstanaFailure(FailureKind.Unexpected, "The catalog could not be read."));
        var matching = Matching(found, value);
        // The backend gives a page of a long list: what is not in it is asked for by its name.
        if (matching.Count == 0 && source.FindsPartOnly && value.Length > 0)
            matching = Matching(await ReadAsync(context, source, source.Find(value), cancellation) ?? [], value);
        return new Answer
        {
            Results = new JsonObject
            {
                ["items"] = new JsonArray([.. matching.Take(Most).Select(entry => new JsonObject { ["id"] = entry.Id, ["label"] = entry.Label })]),
                ["count"] = matching.Count,
            },
        };
    }

    /// <summary>What starts with the text comes before what only contains it.</summary>
    private static List<CatalogEntry> Matching(List<CatalogEntry> entries, string value) =>
    [
        .. entries.Where(entry => entry.Label.Contains(value, StringComparison.OrdinalIgnoreCase) || entry.Id.Contains(value, StringComparison.OrdinalIgnoreCase))
            .OrderBy(entry => entry.Label.StartsWith(value, StringComparison.OrdinalIgnoreCase) || entry.Id.StartsWith(value, StringComparison.OrdinalIgnoreCase) ? 0 : 1)
            .ThenBy(entry => entry.Label, StringComparer.OrdinalIgnoreCase).ThenBy(entry => entry.Id, StringComparer.Ordinal),
    ];

    private static async Task<List<CatalogEntry>?> ReadAsync(OperationContext context, CatalogSource source, InstanaRequest? request, CancellationToken cancellation)
    {
        if (request is null)
            return [];
        var reply = await context.Client.SendCachedAsync(request, context.Scope, cancellation);
        return Bodies.TryOpen(reply, source.Shape, out var node, out _) ? source.Entries(node) : null;
    }
}
