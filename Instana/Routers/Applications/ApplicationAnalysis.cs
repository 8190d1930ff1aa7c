using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.Applications;

/// <summary>Calls in groups, traces, and the catalogs that name their metrics and tags.</summary>
internal static class ApplicationAnalysis
{
    private static readonly InstanaParameter[] Traces =
    [
        new("time_frame", ParameterKind.Frame, "Period") { Wire = "timeFrame" }, TagFilter, Order, Pagination, IncludeInternal, IncludeSynthetic,
    ];

    public static IEnumerable<InstanaOperationDefinition> Rows { get; } =
    [
        .. Of("metrics", null,
            Ask(
                "get_grouped_calls_metrics", "/api/application-monitoring/analyze/call-groups", "Metrics of calls, in groups",
                Metrics with { DefaultJson = """[{"metric":"calls","aggregation":"SUM"},{"metric":"latency","aggregation":"MEAN"},{"metric":"errors","aggregation":"MEAN"}]""" },
                Group with { DefaultJson = """{"groupbyTag":"service.name","groupbyTagEntity":"DESTINATION"}""" },
                TagFilter, Order, Pagination, IncludeInternal, IncludeSynthetic, FillTimeSeries) with
            {
                Result = ResultShape.Cursor,
                Period = Frame,
                MetricCatalog = "application_metrics",
                TagCatalog = "application_tags",
                Example = """{"metrics":[{"metric":"errors","aggregation":"MEAN"}],"group":{"groupbyTag":"service.name","groupbyTagEntity":"DESTINATION"},"time_range":"last hour"}""",
            }),
        .. Of("catalog", null,
            Get(
                "get_tag_catalog", "/api/application-monitoring/catalog", "Tags to group or filter by",
                Choice("use_case", "What they are for", Enums.UseCases),
                Choice("data_source", "Of calls or traces", ["CALLS", "TRACES"]),
                Moment("var_from", "Tags in use since then") with { Wire = "from", Aliases = ["from"] }),
            List("get_metric_catalog", "/api/application-monitoring/catalog/metrics", "Metrics and their aggregations") with { ListName = "metrics" }),
        .. Of("analyze", null,
            Ask("get_all_traces", "/api/application-monitoring/analyze/traces", "Traces of a period", Payload("The query", Traces) with { Required = false }) with
            {
                Result = ResultShape.Cursor, Period = Frame, TagCatalog = "trace_tags", Entity = "trace", Permission = "canViewTraceDetails",
            },
            Ask(
                "get_trace_groups", "/api/application-monitoring/analyze/trace-groups", "Traces in groups",
                Payload(
                    "The query",
                    [
                        .. Traces,
                        Group.Needed() with
                        {
                            Example = """{"groupbyTag":"trace.service.name","groupbyTagEntity":"NOT_APPLICABLE"}""",
                            Fields =
                            [
                                Choice("groupby_tag", "Tag", ["trace.endpoint.name", "trace.service.name"]).Needed() with { Wire = "groupbyTag", Aliases = ["group_by_tag"] },
                                .. Group.Fields.Skip(1),
                            ],
                        },
                        Metrics.Needed() with
                        {
                            Example = """[{"metric":"latency","aggregation":"MEAN"}]""",
                            Fields = [Choice("metric", "Metric", ["latency", "errors", "erroneousCalls"]).Needed(), .. Metrics.Fields.Skip(1)],
                        },
                    ]),
                FillTimeSeries) with { Result = ResultShape.Cursor, Period = Frame, TagCatalog = "trace_tags" },
            Get(
                "get_trace_details", "/api/application-monitoring/v2/analyze/traces/{id}", "The calls of one trace",
                Id("id", "Trace") with { Aliases = ["trace_id"] },
                Whole("retrieval_size", "Calls to return", 1, 10_000), Whole("offset", "Of the call to go on from", 0, long.MaxValue),
                Moment("ingestion_time", "Of the call to go on from; needed with offset")) with { Result = ResultShape.Cursor, Permission = "canViewTraceDetails" }),
    ];
}
