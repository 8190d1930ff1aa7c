using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.Infrastructure;

/// <summary>Entities with their metrics, one by one or in groups, and the catalogs.</summary>
internal static class InfrastructureAnalysis
{
    private static readonly InstanaParameter Plugin = Id("plugin", "Plugin id, e.g. host") with { Aliases = ["type"] };

    private static readonly InstanaParameter Filter = Choice("filter", "builtin or custom metrics", ["builtin", "custom"]);

    private static readonly InstanaParameter[] Query =
    [
        Text("type", "Plugin id, e.g. host").Needed() with { Aliases = ["plugin"] },
        Many(
            "metrics", "Each {metric, aggregation, granularity in ms}",
            Text("metric", "Metric id of the catalog").Needed(),
            Choice("aggregation", "How values are combined", ["MAX", "MEAN", "MIN", "SUM"]).Needed(),
            Whole("granularity", "Milliseconds of one point", 1000, 2_678_400_000)) with { MaxItems = 10, DefaultJson = "[]" },
        new("time_frame", ParameterKind.Frame, "Period") { Wire = "timeFrame" },
        TagFilter with { DefaultJson = """{"type":"EXPRESSION","logicalOperator":"AND","elements":[]}""" },
        Part("pagination", "{retrievalSize 1-200}; continue with cursor", Whole("retrieval_size", "Items to return", 1, 200), new("cursor", ParameterKind.Json, "next of the answer before")) with
        {
            DefaultJson = """{"retrievalSize":50}""",
        },
        Order,
    ];

    public static IEnumerable<InstanaOperationDefinition> Rows { get; } =
    [
        .. Of("analyze", null,
            Ask("get_entities", "/api/infrastructure-monitoring/analyze/entities", "Entities of one type with their metrics", Payload("The query", Query)) with
            {
                Result = ResultShape.Cursor, Period = Frame, MetricCatalog = "infra_metrics", TagCatalog = "infra_tags", Entity = "snapshot",
                Example = """{"payload":{"type":"host","metrics":[{"metric":"cpu.user","granularity":3600000,"aggregation":"MAX"}]},"time_range":"last hour"}""",
            },
            Ask(
                "get_entity_groups", "/api/infrastructure-monitoring/analyze/entity-groups", "The same in groups",
                Payload("The query", [.. Query, Texts("group_by", "Tags to group by").Needed() with { MaxItems = 5 }])) with
            {
                Result = ResultShape.Cursor, Period = Frame, MetricCatalog = "infra_metrics", TagCatalog = "infra_tags",
                Example = """{"payload":{"type":"host","groupBy":["host.name"],"metrics":[{"metric":"cpu.user","granularity":3600000,"aggregation":"MEAN"}]}}""",
            }),
        .. Of("catalog", null,
            List("get_plugins", "/api/infrastructure-monitoring/catalog/plugins", "Plugin ids") with { ListName = "plugins" },
            List(
                "get_metrics", "/api/infrastructure-monitoring/catalog/metrics/{plugin}", "Metrics of a plugin", Plugin, Filter,
                Text("label", "Part of the label"), Whole("limit", "Most metrics", 1, 10_000)) with { ListName = "metrics" },
            Get("get_tag_catalog", "/api/infrastructure-monitoring/catalog/tags/{plugin}", "Tags of a plugin", Plugin) with { Accept = "*/*" },
            List("get_plugin_schema", "/api/infrastructure-monitoring/catalog/metrics/{plugin}", "Metrics and tags of a plugin", Plugin, Filter)),
    ];
}
