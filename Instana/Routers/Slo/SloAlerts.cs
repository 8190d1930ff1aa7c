using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.Slo;

/// <summary>Alerts of service levels.</summary>
internal static class SloAlerts
{
    private const string Path = "/api/events/settings/global-alert-configs/service-levels";

    private static readonly InstanaParameter Alert = Payload(
        "The alert",
        [
            .. SmartAlerts.Common.Select(field => field.Name == "severity" ? field.Needed() : field),
            Ids("slo_ids", "Objectives it watches") with { DefaultJson = "[]" },
            Part("rule", "{alertType, metric}", Choice("alert_type", "Kind", ["ERROR_BUDGET", "SERVICE_LEVELS_OBJECTIVE"]).Needed()).Needed(),
            SmartAlerts.TimeThreshold,
        ]);

    public static IEnumerable<InstanaOperationDefinition> Rows { get; } = Of("alert", "canConfigureServiceLevelSmartAlerts",
        [SmartAlerts.Active(Path, Id("slo_id", "Objective") with { Required = false }), .. SmartAlerts.Of(Path, Alert), .. SmartAlerts.Bulk(Path)]);
}
