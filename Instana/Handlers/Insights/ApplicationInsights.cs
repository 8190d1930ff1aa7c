using System.Text;
using System.Text.Json.Nodes;
using Granary.Instana.Http;
using Granary.Instana.Operations;

namespace Granary.Instana.Handlers.Insights;

/// <summary>Metrics by name: which names are given decides whose, in one request; infrastructure below a service in two more.</summary>
internal static class ApplicationInsights
{
    private static readonly JsonArray Usual =
    [
        new JsonObject { ["metric"] = "calls", ["aggregation"] = "SUM" }, new JsonObject { ["metric"] = "errors", ["aggregation"] = "MEAN" },
        new JsonObject { ["metric"] = "latency", ["aggregation"] = "MEAN" },
    ];

    public static async Task<Answer> RunAsync(OperationContext context, CancellationToken cancellation)
    {
        var application = context.Params.Text("application_id");
        var service = context.Params.Text("service_id");
        var all = context.Params.Text("service_name") == "*" && service is null;
        var (kind, entity) = (application, service, all) switch
        {
            (_, not null, _) => ("endpoints", "endpoint"),
            (not null, null, true) => ("endpoints", "endpoint"),
            (not null, null, false) => ("services", "service"),
            (null, null, true) => ("services", "service"),
            _ => ("applications", "application"),
        };
        var metrics = context.Params.Json("metrics") as JsonArray ?? Usual;
        var body = new JsonObject
        {
            ["metrics"] = metrics.DeepClone(), ["timeFrame"] = Frame(context),
            ["pagination"] = context.From?.Page?.DeepClone() ?? new JsonObject { ["page"] = 1, ["pageSize"] = context.Params.Number("max_items") ?? 50 },
        };
        if (application is not null)
            body["applicationId"] = application;
        if (service is not null)
            body["serviceId"] = service;
        var reply = await context.SendAsync(Ask($"/api/application-monitoring/metrics/{kind}", body), cancellation);
        if (!Bodies.TryOpen(reply, ResultShape.Pages, out var node, out var failure))
            return Answer.Failed(context.Row, failure);
        var row = context.Row with { Result = ResultShape.Pages, ListName = kind };
        var answer = GenericOperation.Shape(context with { Row = row }, node);
        foreach (var item in (answer.Results[kind] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (item[entity] is JsonObject who && context.Client.Links.To(entity, who, context.Window) is { } link)
                item["link"] = link;
        }
        answer.Results["query_type"] = service is not null && application is not null ? "endpoints of a service in an application"
            : service is not null ? "endpoints of a service" : application is not null ? $"{kind} of an application" : $"all {kind}";
        answer.Results["summary"] = new JsonObject
        {
            ["total"] = answer.Total, ["shown"] = (answer.Results[kind] as JsonArray)?.Count ?? 0, ["metrics_requested"] = metrics.DeepClone(),
            ["time_range"] = context.Window?.ToString(),
        };
        if (service is not null && context.Params.Text("plugin_type") is { } plugin)
        {
            var below = await InfrastructureInsights.OfServicesAsync(context, [new ServiceSnapshots(service, context.Params.Text("service_name") ?? service, [])], plugin, cancellation);
            answer.Results["infrastructure"] = below.Failure is { } refused ? JsonNode.Parse(refused.Json.Span) : below.Results;
        }
        return answer;
    }

    internal static JsonObject Frame(OperationContext context) =>
        context.Window is { } window ? new JsonObject { ["windowSize"] = window.To - window.From, ["to"] = window.To } : [];

    internal static InstanaRequest Ask(string path, JsonNode body, string query = "") => new(HttpMethod.Post, path, RequestBuilder.Family(path))
    {
        Query = query, Body = Encoding.UTF8.GetBytes(body.ToJsonString(AnswerEnvelope.Compact)), ReadOnly = true,
    };
}
