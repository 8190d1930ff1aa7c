namespace Granary.Simulator.Access;

/// <summary>Which permission an endpoint needs. Reading monitoring data needs none.</summary>
internal static class Permissions
{
    private static readonly (string Prefix, string Write, string? Read)[] Rules =
    [
        ("/api/application-monitoring/settings/application", "canConfigureApplications", null),
        ("/api/application-monitoring/settings", "canConfigureServiceMapping", null),
        ("/api/application-monitoring/v2/analyze/traces", "canViewTraceDetails", "canViewTraceDetails"),
        ("/api/events/settings/application-alert-configs", "canConfigureApplicationSmartAlerts", null),
        ("/api/events/settings/global-alert-configs/applications", "canConfigureGlobalApplicationSmartAlerts", null),
        ("/api/events/settings/global-alert-configs/synthetics", "canConfigureGlobalSyntheticSmartAlerts", null),
        ("/api/events/settings/global-alert-configs/logs", "canConfigureGlobalLogSmartAlerts", null),
        ("/api/events/settings/global-alert-configs/service-levels", "canConfigureServiceLevelSmartAlerts", null),
        ("/api/events/settings/infra-alert-configs", "canConfigureGlobalInfraSmartAlerts", null),
        ("/api/events/settings/website-alert-configs", "canConfigureWebsiteSmartAlerts", null),
        ("/api/events/settings/mobile-app-alert-configs", "canConfigureMobileAppSmartAlerts", null),
        ("/api/events/settings/manual-close", "canManuallyCloseIssue", null),
        ("/api/website-monitoring/config", "canConfigureEumApplications", null),
        ("/api/mobile-app-monitoring/config", "canConfigureMobileAppMonitoring", null),
        ("/api/custom-dashboard", "canCreatePublicCustomDashboards", null),
        ("/api/settings/slo", "canConfigureServiceLevels", null),
        ("/api/settings/correction", "canConfigureServiceLevelCorrectionWindows", null),
        ("/api/settings/v2/maintenance", "canConfigureMaintenanceWindows", null),
        ("/api/settings/api-tokens", "canConfigureApiTokens", "canConfigureApiTokens"),
        ("/api/releases", "canConfigureReleases", null),
        ("/api/synthetics/settings/tests", "canConfigureSyntheticTests", "canViewSyntheticTests"),
        ("/api/synthetics/settings/locations", "canConfigureSyntheticLocations", "canViewSyntheticLocations"),
        ("/api/synthetics/results", "canViewSyntheticTestResults", "canViewSyntheticTestResults"),
        ("/api/automation/actioninstances", "canRunAutomationActions", null),
        ("/api/automation/actions", "canConfigureAutomationActions", null),
        ("/api/logging", "canViewLogs", "canViewLogs"),
    ];

    /// <summary>The permission that a request needs; null for none.</summary>
    public static string? Needed(string method, string path)
    {
        var rule = Rules.FirstOrDefault(rule => path.StartsWith(rule.Prefix, StringComparison.Ordinal));
        return method == "GET" ? rule.Read : rule.Write;
    }
}
