using Granary.Instana.Handlers;
using Granary.Instana.Handlers.Events;
using Granary.Instana.Handlers.Insights;
using Granary.Instana.Handlers.Maintenance;
using Granary.Instana.Operations;

namespace Granary.Instana;

/// <summary>Which rows are more than one request passed on.</summary>
internal static class HandlerTable
{
    private static readonly Dictionary<string, OperationHandler> Handlers = new()
    {
        ["manage_events get_event"] = EventHandlers.OneAsync,
        ["manage_events get_events_by_ids"] = EventHandlers.ByIdsAsync,
        ["manage_events get_events"] = EventHandlers.ListAsync,
        ["manage_events get_kubernetes_info_events"] = EventHandlers.KubernetesAsync,
        ["manage_events get_agent_monitoring_events"] = EventHandlers.AgentsAsync,
        ["manage_automation catalog get_action_types"] = SmallHandlers.DistinctOf("type", "types"),
        ["manage_automation catalog get_action_tags"] = SmallHandlers.DistinctOf("tags", "tags"),
        ["manage_infrastructure catalog get_plugin_schema"] = SmallHandlers.PluginSchemaAsync,
        ["manage_infrastructure catalog get_tag_catalog"] = SmallHandlers.TagsAsync,
        ["manage_infrastructure resources get_snapshots"] = SmallHandlers.SnapshotsAsync,
        ["manage_applications catalog get_tag_catalog"] = SmallHandlers.TagsAsync,
        ["manage_applications settings manual_service get"] = SmallHandlers.ManualServiceAsync,
        ["manage_websites catalog get_tag_catalog"] = SmallHandlers.TagsAsync,
        ["manage_websites analyze get_beacons"] = SmallHandlers.BeaconsAsync,
        ["manage_mobile_apps catalog get_mobile_app_tag_catalog"] = SmallHandlers.TagsAsync,
        ["manage_mobile_apps analyze get_all_mobile_app_beacons"] = SmallHandlers.BeaconsAsync,
        ["manage_synthetics catalog get_synthetic_tag_catalog"] = SmallHandlers.TagsAsync,
        ["manage_synthetics settings get_locations"] = SmallHandlers.Filtered(SmallHandlers.Location),
        ["manage_synthetics settings get_all_datacenters"] = SmallHandlers.Filtered(SmallHandlers.Managed),
        ["manage_releases get_all_releases"] = SmallHandlers.Filtered(SmallHandlers.Name),
        ["manage_slo report get"] = SmallHandlers.ReportAsync,
        ["manage_maintenance_windows window create"] = MaintenanceHandlers.CreateAsync,
        ["manage_maintenance_windows window modify"] = MaintenanceHandlers.ModifyAsync,
        ["manage_maintenance_windows window close"] = MaintenanceHandlers.CloseAsync,
        ["manage_maintenance_windows window bulk_create"] = MaintenanceHandlers.BulkAsync,
        ["manage_maintenance_windows window validate"] = MaintenanceHandlers.ValidateAsync,
        ["manage_maintenance_windows window list_active"] = MaintenanceHandlers.List("ACTIVE"),
        ["manage_maintenance_windows window list_scheduled"] = MaintenanceHandlers.List("SCHEDULED"),
        ["manage_maintenance_windows window list_expired"] = MaintenanceHandlers.List("EXPIRED"),
        ["manage_maintenance_windows window list_all"] = MaintenanceHandlers.List(null),
        ["instana_names find"] = NameHandlers.FindAsync,
        ["application_insights application_insights"] = ApplicationInsights.RunAsync,
        ["infrastructure_metrics_insights infrastructure_metrics_insights"] = InfrastructureInsights.RunAsync,
        ["manage_maintenance_windows templates get"] = MaintenanceHandlers.TemplatesAsync,
    };

    public static OperationHandler? Find(string tool, InstanaOperationDefinition row) =>
        Handlers.GetValueOrDefault(string.Join(' ', new[] { tool, row.ResourceType, row.Subtype, row.Name }.Where(part => part is not null)));
}
