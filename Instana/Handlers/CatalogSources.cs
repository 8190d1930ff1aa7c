using System.Text.Json.Nodes;
using Granary.Instana.Http;
using Granary.Instana.Operations;

namespace Granary.Instana.Handlers;

/// <summary>The backend's catalogs: of metrics and tags, which calls are checked against, and of names, which stand for ids.</summary>
internal static class CatalogSources
{
    public static IReadOnlyDictionary<string, CatalogSource> All { get; } = new Dictionary<string, CatalogSource>
    {
        ["application_metrics"] = Metrics("/api/application-monitoring/catalog/metrics"),
        ["website_metrics"] = Metrics("/api/website-monitoring/catalog/metrics"),
        ["mobile_metrics"] = Metrics("/api/mobile-app-monitoring/catalog/metrics"),
        ["synthetic_metrics"] = Metrics("/api/synthetics/catalog/metrics"),
        ["infra_metrics"] = Metrics(null) with { IsIncomplete = true, Request = Plugin("/api/infrastructure-monitoring/catalog/metrics/") },
        ["application_tags"] = Tags(_ => Get("/api/application-monitoring/catalog", "useCase=FILTERING&dataSource=CALLS")) with { IsIncomplete = true },
        ["trace_tags"] = Tags(_ => Get("/api/application-monitoring/catalog", "useCase=FILTERING&dataSource=TRACES")) with { IsIncomplete = true },
        ["website_tags"] = Tags(context => Get("/api/website-monitoring/catalog", $"beaconType={Beacon(context, "pageLoad")}&useCase=FILTERING")) with { IsIncomplete = true },
        ["mobile_tags"] = Tags(context => Get("/api/mobile-app-monitoring/catalog", $"beaconType={Beacon(context, "sessionStart")}&useCase=FILTERING")) with { IsIncomplete = true },
        ["infra_tags"] = Tags(Plugin("/api/infrastructure-monitoring/catalog/tags/")) with { IsIncomplete = true },
        ["applications"] = Named("/api/application-monitoring/applications", "label", paged: true),
        ["services"] = Named("/api/application-monitoring/services", "label", paged: true),
        ["websites"] = Named("/api/website-monitoring/config", "name", paged: false),
        ["mobile_apps"] = Named("/api/mobile-app-monitoring/config", "name", paged: false),
        ["plugins"] = Named("/api/infrastructure-monitoring/catalog/plugins", "label", paged: false) with
        {
            Entries = node => [.. Items(node, "items").Select(item => new CatalogEntry(Bodies.Text(item, "plugin") ?? "", Bodies.Text(item, "label") ?? "")).Where(entry => entry.Id.Length > 0)],
        },
        ["synthetic_tests"] = Named("/api/synthetics/settings/tests", "label", paged: false),
        ["synthetic_locations"] = Named("/api/synthetics/settings/locations", "label", paged: false),
    };

    private static CatalogSource Metrics(string? path) => new()
    {
        Request = _ => path is null ? null : Get(path, ""),
        Entries = node => [.. Items(node, "metrics").Select(item => new CatalogEntry(Bodies.Text(item) ?? Bodies.Text(item, "metricId") ?? "", Bodies.Text(item, "label") ?? "")
        {
            Aggregations = [.. ((item as JsonObject)?["aggregations"] as JsonArray ?? []).Select(Bodies.Text).OfType<string>()],
        }).Where(entry => entry.Id.Length > 0)],
    };

    private static CatalogSource Tags(Func<OperationContext, InstanaRequest?> request) => new()
    {
        Request = request,
        Entries = node => [.. Items(node, "tags").Select(item => new CatalogEntry(Bodies.Text(item) ?? Bodies.Text(item, "name") ?? "", Bodies.Text(item, "label") ?? "")).Where(entry => entry.Id.Length > 0)],
    };

    private static CatalogSource Named(string path, string label, bool paged) => new()
    {
        Find = name => Get(path, paged ? name.Length == 0 ? "pageSize=200" : $"nameFilter={Uri.EscapeDataString(name.Trim())}&pageSize=200" : ""),
        FindsPartOnly = paged,
        IsNamed = true,
        Shape = paged ? ResultShape.Pages : ResultShape.List,
        Entries = node => [.. Items(node, "items").Select(item => new CatalogEntry(Bodies.Text(item, "id") ?? "", Bodies.Text(item, label) ?? "")).Where(entry => entry.Id.Length > 0)],
    };

    private static JsonArray Items(JsonNode node, string name) => Bodies.ListOf(node, name) ?? [];

    private static Func<OperationContext, InstanaRequest?> Plugin(string path) => context =>
        Bodies.Text(context.Params.Json("payload"), "type") is { } type ? Get(path + Uri.EscapeDataString(type), "") with { Accept = "*/*" } : null;

    private static string Beacon(OperationContext context, string usual) => context.Params.Text("beacon_type") ?? usual;

    private static InstanaRequest Get(string path, string query) => InstanaRequest.Get(path, RequestBuilder.Family(path), query);
}
