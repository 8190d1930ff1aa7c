using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.Applications;

/// <summary>Smart alerts of one application, and those that several share.</summary>
internal static class ApplicationAlerts
{
    private const string Own = "/api/events/settings/application-alert-configs";

    private const string Global = "/api/events/settings/global-alert-configs/applications";

    private static readonly InstanaParameter Alert = Payload(
        "The alert",
        [
            .. SmartAlerts.Common,
            Choice("boundary_scope", "Calls it watches", Enums.AllOrInbound).Needed(),
            Choice("evaluation_type", "Evaluated per", ["PER_AP", "PER_AP_SERVICE", "PER_AP_ENDPOINT"]).Needed(),
            SmartAlerts.Granularity,
            Part("applications", "Application id to {applicationId, inclusive, services}").Needed(),
            SmartAlerts.Expression,
            SmartAlerts.TimeThreshold,
        ]);

    public static IEnumerable<InstanaOperationDefinition> Rows { get; } =
    [
        .. Of("alert_config", "canConfigureApplicationSmartAlerts",
        [
            SmartAlerts.Active(Own, AppId.Needed(), AppName),
            .. SmartAlerts.Of(Own, Alert),
            .. SmartAlerts.Bulk(Own),
            Post("update_baseline", $"{Own}/{{id}}/update-baseline", "Compute the baseline anew", Id("id", "Alert")) with { Result = ResultShape.Nothing },
        ]),
        .. Of("global_alert_config", "canConfigureGlobalApplicationSmartAlerts",
            [SmartAlerts.Active(Global, AppId.Needed(), AppName), .. SmartAlerts.Of(Global, Alert), .. SmartAlerts.Bulk(Global)]),
    ];
}
