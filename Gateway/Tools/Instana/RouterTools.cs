using Granary.Gateway.Configuration;
using Granary.Instana;
using Granary.Tenants;

namespace Granary.Gateway.Tools.Instana;

/// <summary><c>manage_applications</c>: applications, services, endpoints, calls, traces, their alerts and settings.</summary>
internal sealed class ManageApplicationsTool(ITenants tenants, GatewayOptions options, TimeProvider time) : InstanaBackedTool(InstanaTools.Get("manage_applications"), tenants, options, time);

/// <summary><c>manage_infrastructure</c>: monitored entities, their metrics, snapshots and alerts.</summary>
internal sealed class ManageInfrastructureTool(ITenants tenants, GatewayOptions options, TimeProvider time) : InstanaBackedTool(InstanaTools.Get("manage_infrastructure"), tenants, options, time);

/// <summary><c>manage_events</c>: incidents, issues, changes, Kubernetes and agent events.</summary>
internal sealed class ManageEventsTool(ITenants tenants, GatewayOptions options, TimeProvider time) : InstanaBackedTool(InstanaTools.Get("manage_events"), tenants, options, time);

/// <summary><c>manage_automation</c>: automation actions and their history.</summary>
internal sealed class ManageAutomationTool(ITenants tenants, GatewayOptions options, TimeProvider time) : InstanaBackedTool(InstanaTools.Get("manage_automation"), tenants, options, time);

/// <summary><c>manage_websites</c>: website monitoring.</summary>
internal sealed class ManageWebsitesTool(ITenants tenants, GatewayOptions options, TimeProvider time) : InstanaBackedTool(InstanaTools.Get("manage_websites"), tenants, options, time);

/// <summary><c>manage_mobile_apps</c>: mobile app monitoring.</summary>
internal sealed class ManageMobileAppsTool(ITenants tenants, GatewayOptions options, TimeProvider time) : InstanaBackedTool(InstanaTools.Get("manage_mobile_apps"), tenants, options, time);

/// <summary><c>manage_custom_dashboards</c>: custom dashboards.</summary>
internal sealed class ManageCustomDashboardsTool(ITenants tenants, GatewayOptions options, TimeProvider time) : InstanaBackedTool(InstanaTools.Get("manage_custom_dashboards"), tenants, options, time);

/// <summary><c>manage_slo</c>: service level objectives.</summary>
internal sealed class ManageSloTool(ITenants tenants, GatewayOptions options, TimeProvider time) : InstanaBackedTool(InstanaTools.Get("manage_slo"), tenants, options, time);

/// <summary><c>manage_releases</c>: releases.</summary>
internal sealed class ManageReleasesTool(ITenants tenants, GatewayOptions options, TimeProvider time) : InstanaBackedTool(InstanaTools.Get("manage_releases"), tenants, options, time);

/// <summary><c>manage_maintenance_windows</c>: maintenance windows.</summary>
internal sealed class ManageMaintenanceWindowsTool(ITenants tenants, GatewayOptions options, TimeProvider time) : InstanaBackedTool(InstanaTools.Get("manage_maintenance_windows"), tenants, options, time);

/// <summary><c>manage_synthetics</c>: synthetic monitoring.</summary>
internal sealed class ManageSyntheticsTool(ITenants tenants, GatewayOptions options, TimeProvider time) : InstanaBackedTool(InstanaTools.Get("manage_synthetics"), tenants, options, time);

/// <summary><c>manage_logs</c>: logs.</summary>
internal sealed class ManageLogsTool(ITenants tenants, GatewayOptions options, TimeProvider time) : InstanaBackedTool(InstanaTools.Get("manage_logs"), tenants, options, time);

/// <summary><c>application_insights</c>: metrics of applications, services and endpoints by their names.</summary>
internal sealed class ApplicationInsightsTool(ITenants tenants, GatewayOptions options, TimeProvider time) : InstanaBackedTool(InstanaTools.Get("application_insights"), tenants, options, time);

/// <summary><c>infrastructure_metrics_insights</c>: infrastructure metrics of what services run on.</summary>
internal sealed class InfrastructureInsightsTool(ITenants tenants, GatewayOptions options, TimeProvider time) : InstanaBackedTool(InstanaTools.Get("infrastructure_metrics_insights"), tenants, options, time);
