using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.Slo;

/// <summary>Windows whose violations do not count.</summary>
internal static class SloCorrections
{
    private const string Path = "/api/settings/correction";

    private static readonly InstanaParameter Correction = Payload(
        "The correction window",
        Text("name", "Name").Needed(),
        Text("description", "Description", 2048),
        Flag("active", "In force") with { DefaultJson = "true" },
        Part(
            "scheduling", "{startTime, duration, durationUnit, recurrent, recurrentRule}",
            Moment("start_time", "Start").Needed(), Whole("duration", "How many", 1, 100_000).Needed(),
            Choice("duration_unit", "Of", Enums.DurationUnits).Needed(), Flag("recurrent", "Again and again"), Text("recurrent_rule", "RFC 5545")).Needed(),
        new InstanaParameter("slo_ids", ParameterKind.IdList, "Objectives").Needed(),
        new("tags", ParameterKind.TextList, "Tags") { DefaultJson = "[]" });

    public static IEnumerable<InstanaOperationDefinition> Rows { get; } = Of("correction", "canConfigureServiceLevelCorrectionWindows",
        Get(
            "get_all", Path, "Correction windows", Page, Whole("page_size", "Items of a page", 1, 10_000, 10),
            Choice("order_by", "Field", ["name", "start", "nextStart", "duration"]), Choice("order_direction", "ASC or DESC", ["ASC", "DESC"]),
            Text("query", "Part of the name"), Texts("tag", "Tags"), Ids("id", "Only these"), Ids("slo_id", "Of these objectives"),
            Flag("refresh", "Not from the backend's cache")) with { Result = ResultShape.Pages },
        Get("get_by_id", Path + "/{id}", "One correction window", Id("id", "Correction"), Flag("refresh", "Not from the backend's cache")),
        Post("create", Path, "Create a correction window", Correction),
        Replace("PUT", "update", Path + "/{id}", "Replace a correction window", Id("id", "Correction"), Correction),
        Delete("delete", Path + "/{id}", "Delete a correction window", Id("id", "Correction")));
}
