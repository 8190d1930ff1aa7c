using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.Synthetics;

/// <summary>What tests measured.</summary>
internal static class SyntheticResults
{
    private const string Root = "/api/synthetics/results";

    private static readonly InstanaParameter Time = new("time_frame", ParameterKind.Frame, "Period") { Wire = "timeFrame" };

    private static readonly InstanaParameter Paging = Part("pagination", "{page, pageSize 1-200}", Whole("page", "Page, from 1", 1, 1_000_000), Whole("page_size", "Items of a page", 1, 200));

    private static readonly InstanaParameter Measured = Metrics with { Required = true, Example = """[{"metric":"synthetic.metricsResponseTime","aggregation":"MEAN"}]""" };

    /// <summary>The backend insists on metrics and gives the success rate of every test anyway.</summary>
    private static readonly InstanaParameter SuccessRate = Metrics with
    {
        Example = """[{"metric":"success_rate","aggregation":"MEAN"}]""", DefaultJson = """[{"metric":"success_rate","aggregation":"MEAN"}]""",
    };

    private static readonly InstanaParameter[] Query = [Time, TagFilter, Order, Paging];

    private static readonly InstanaParameter[] Run = [Id("testid", "Test") with { Aliases = ["test_id"] }, Id("testresultid", "Result") with { Aliases = ["test_result_id"] }];

    public static IEnumerable<InstanaOperationDefinition> Rows { get; } =
    [
        .. Of("metrics", null,
            Asked(
                "get_metrics_result", "/api/synthetics/metrics", "Metrics of tests, in groups",
                [
                    Measured, Time, TagFilter, Paging, new("groups", ParameterKind.Json, "[{groupbyTag, groupbyTagEntity, direction}]"),
                    Flag("disable_default_groups", "No groups of its own"), Flag("include_aggregated_test_ids", "With ids of tests"),
                ])),
        .. Of("test_playback", null,
            Asked("get_synthetic_result", Root, "Metrics of results", [Measured, .. Query]),
            Asked(
                "get_synthetic_result_analytic", Root + "/analytic", "Results by an analytic function",
                [Texts("synthetic_metrics", "Metrics").Needed(), Text("analytic_function", "e.g. LAST_VALUE") with { DefaultJson = "\"LAST_VALUE\"" }, .. Query]),
            Asked("get_synthetic_result_list", Root + "/list", "Results one by one", [Texts("synthetic_metrics", "Metrics").Needed(), .. Query]),
            Asked("get_location_summary_list", Root + "/locationsummarylist", "Results by location", Query),
            Asked("get_test_summary_list", Root + "/testsummarylist", "Results by test", [SuccessRate, .. Query]),
            Get(
                "get_synthetic_result_metadata", Root + "/{testid}/{testresultid}", "What a result recorded",
                [.. Run, Moment("start_time", "Start of the run")]),
            Get(
                "get_synthetic_result_detail_data", Root + "/{testid}/{testresultid}/detail", "A recording of a result",
                [
                    .. Run, Choice("detail_type", "Which", ["HAR", "IMAGES", "LOGS", "SUBTRANSACTIONS", "VIDEOS"]).As("type").Needed() with { Aliases = ["type"] },
                    Text("name", "File name"), Moment("start_time", "Start of the run"),
                ])).Select(row => row with { Permission = "canViewSyntheticTestResults" }),
    ];

    private static InstanaOperationDefinition Asked(string name, string path, string summary, IEnumerable<InstanaParameter> fields) =>
        Ask(name, path, summary, Payload("The query", [.. fields]) with { Required = fields.Any(field => field.Required) }) with { Result = ResultShape.Pages, Period = Frame };
}
