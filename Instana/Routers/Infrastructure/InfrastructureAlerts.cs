using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.Infrastructure;

/// <summary>Smart alerts of infrastructure.</summary>
internal static class InfrastructureAlerts
{
    private const string Path = "/api/events/settings/infra-alert-configs";

    private static readonly InstanaParameter Alert = Payload(
        "The alert",
        [
            .. SmartAlerts.Common,
            SmartAlerts.Granularity,
            new InstanaParameter("group_by", ParameterKind.TextList, "Tags to group by").Needed(),
            SmartAlerts.Expression,
            SmartAlerts.TimeThreshold,
            Choice("evaluation_type", "Evaluated per", ["PER_ENTITY", "CUSTOM"]),
            new("rules", ParameterKind.Json, "At most 5"),
        ]);

    public static IEnumerable<InstanaOperationDefinition> Rows { get; } = Of("alert_config", "canConfigureGlobalInfraSmartAlerts",
        [SmartAlerts.Active(Path, Page.Here(), Whole("page_size", "Items of a page", 1, 1000).Here()), .. SmartAlerts.Of(Path, Alert), .. SmartAlerts.Bulk(Path)]);
}
