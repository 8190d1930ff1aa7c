using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.Slo;

/// <summary>Objectives and what they report.</summary>
internal static class SloConfigurations
{
    private const string Path = "/api/settings/slo";

    private static readonly string[] EntityTypes = ["application", "website", "synthetic", "infrastructure"];

    private static readonly string[] Blueprints = ["latency", "availability", "traffic", "saturation", "custom"];

    private static readonly InstanaParameter Refresh = Flag("refresh", "Not from the backend's cache");

    private static readonly InstanaParameter Objective = Payload(
        "The objective",
        Text("name", "Name").Needed(),
        new("tags", ParameterKind.TextList, "Tags") { DefaultJson = "[]" },
        new InstanaParameter("target", ParameterKind.Number, "Share that is good, 0 to 0.9999") { Required = true, Minimum = 0, Maximum = 1, Example = "0.99" },
        Part("entity", "{type, …Id}", Choice("type", "Kind", EntityTypes).Needed()).Needed(),
        Part(
            "indicator", "{type, blueprint, threshold, aggregation}",
            Choice("type", "By", ["timeBased", "eventBased"]), Choice("blueprint", "Of", Blueprints), new("threshold", ParameterKind.Number, "Limit")).Needed(),
        Part(
            "time_window", "{type, duration, durationUnit}",
            Choice("type", "Kind", ["rolling", "fixed"]).Needed(), Whole("duration", "How many", 1, 10_000).Needed(),
            Choice("duration_unit", "Of", Enums.DurationUnits).Needed()).Needed());

    public static IEnumerable<InstanaOperationDefinition> Rows { get; } =
    [
        .. Of("configuration", "canConfigureServiceLevels",
            Get(
                "get_all", Path, "Objectives", Page, Whole("page_size", "Items of a page", 1, 10_000, 10),
                Choice("order_by", "Field", ["name", "entityType", "entityName", "blueprint", "sloStatus", "sloWindowRemain", "timeWindow"]),
                Choice("order_direction", "ASC or DESC", ["ASC", "DESC"]), Text("query", "Part of the name"), Texts("tag", "Tags"),
                Choices("entity_type", "Kinds of entities", EntityTypes), Texts("infra_entity_types", "Plugins"), Text("kubernetes_cluster_uuid", "Cluster"),
                Choices("blueprint", "Blueprints", Blueprints), Ids("slo_ids", "Only these"), Text("slo_status", "Status"), Ids("entity_ids", "Only of these"),
                Flag("grouped", "In groups"), Refresh, Texts("rbac_tags", "Teams")) with { Result = ResultShape.Pages, Drop = ["createdDate", "lastUpdated", "rbacTags"], Entity = "slo" },
            Get("get_by_id", Path + "/{id}", "One objective", Id("id", "Objective") with { Aliases = ["slo_id"] }, Refresh) with { Entity = "slo" },
            Post("create", Path, "Create an objective", Objective),
            Replace("PUT", "update", Path + "/{id}", "Replace an objective", Id("id", "Objective"), Objective),
            Delete("delete", Path + "/{id}", "Delete an objective", Id("id", "Objective")),
            List("get_tags", Path + "/tags", "Tags of objectives", Text("query", "Part of it"), Texts("tag", "Tags"), Choice("entity_type", "Kind of entity", EntityTypes))),
        .. Of("report", null,
            Get(
                "get", "/api/slo/report/{sloId}", "Error budget and burn rate of a period", Id("slo_id", "Objective"),
                Ids("exclude_correction_id", "Without these corrections"), Ids("include_correction_id", "With these only")) with { Period = OptionalFromTo },
            List("explain", "/api/slo/explain/{sloId}", "What makes up an objective's status", Id("slo_id", "Objective")) with { Period = OptionalFromTo, ListName = "explanation" },
            List("summarize", "/api/slo/summarize/{sloId}", "An objective's results in sentences", Id("slo_id", "Objective")) with { Period = OptionalFromTo, ListName = "summary" },
            List(
                "entities", "/api/slo/entities/{sloId}", "Entities that an objective watches", Id("slo_id", "Objective"), Page, PageSize) with
            {
                Period = OptionalWindow, ListName = "entities",
            }),
    ];
}
