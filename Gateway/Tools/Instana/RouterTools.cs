using Granary.Gateway.Invocation;
using Granary.Instana;

namespace Granary.Gateway.Tools.Instana;

/// <summary><c>manage_applications</c>: applications, services, endpoints, calls, traces, their alerts and settings.</summary>
internal sealed class ManageApplicationsTool(InstanaAccess access) : InstanaBackedTool(InstanaTools.Get("manage_applications"), access);

/// <summary><c>manage_infrastructure</c>: monitored entities, their metrics, snapshots and alerts.</summary>
internal sealed class ManageInfrastructureTool(InstanaAccess access) : InstanaBackedTool(InstanaTools.Get("manage_infrastructure"), access);

/// <summary><c>manage_events</c>: incidents, issues, changes, Kubernetes and agent events.</summary>
internal sealed class ManageEventsTool(InstanaAccess access) : InstanaBackedTool(InstanaTools.Get("manage_events"), access);

/// <summary><c>manage_automation</c>: automation actions and their history.</summary>
internal sealed class ManageAutomationTool(InstanaAccess access) : InstanaBackedTool(InstanaTools.Get("manage_automation"), access);

/// <summary><c>manage_websites</c>: website monitoring.</summary>
internal sealed class ManageWebsitesTool(InstanaAccess access) : InstanaBackedTool(InstanaTools.Get("manage_websites"), access);

/// <summary><c>manage_mobile_apps</c>: mobile app monitoring.</summary>
internal sealed class ManageMobileAppsTool(InstanaAccess access) : InstanaBackedTool(InstanaTools.Get("manage_mobile_apps"), access);

/// <summary><c>manage_custom_dashboards</c>: custom dashboards.</summary>
internal sealed class ManageCustomDashboardsTool(InstanaAccess access) : InstanaBackedTool(InstanaTools.Get("manage_custom_dashboards"), access);

/// <summary><c>manage_slo</c>: service level objectives.</summary>
internal sealed class ManageSloTool(InstanaAccess access) : InstanaBackedTool(InstanaTools.Get("manage_slo"), access);

/// <summary><c>manage_releases</c>: releases.</summary>
internal sealed class ManageReleasesTool(InstanaAccess access) : InstanaBackedTool(InstanaTools.Get("manage_releases"), access);

/// <summary><c>manage_maintenance_windows</c>: maintenance windows.</summary>
internal sealed class ManageMaintenanceWindowsTool(InstanaAccess access) : InstanaBackedTool(InstanaTools.Get("manage_maintenance_windows"), access);

/// <summary><c>manage_synthetics</c>: synthetic monitoring.</summary>
internal sealed class ManageSyntheticsTool(InstanaAccess access) : InstanaBackedTool(InstanaTools.Get("manage_synthetics"), access);

/// <summary><c>manage_logs</c>: logs.</summary>
internal sealed class ManageLogsTool(InstanaAccess access) : InstanaBackedTool(InstanaTools.Get("manage_logs"), access);

/// <summary><c>application_insights</c>: metrics of applications, services and endpoints by their names.</summary>
internal sealed class ApplicationInsightsTool(InstanaAccess access) : InstanaBackedTool(InstanaTools.Get("application_insights"), access);

/// <summary><c>infrastructure_metrics_insights</c>: infrastructure metrics of what services run on.</summary>
internal sealed class InfrastructureInsightsTool(InstanaAccess access) : InstanaBackedTool(InstanaTools.Get("infrastructure_metrics_insights"), access);
