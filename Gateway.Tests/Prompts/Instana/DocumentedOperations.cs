namespace Granary.Gateway.Tests.Prompts.Instana;

/// <summary>The operations of mcp-instana's tools as its description lists them: tool, resource type, operations.</summary>
internal static class DocumentedOperations
{
    public static IReadOnlySet<(string Tool, string? ResourceType, string Operation)> All { get; } =
        Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .SelectMany(words => words[2..].Select(operation => (words[0], words[1] == "-" ? null : words[1], operation)))
            .ToHashSet();

    private const string Text = """
        manage_applications metrics get_grouped_calls_metrics
        manage_applications alert_config find_active find_versions find create update delete enable disable restore update_baseline
        manage_applications global_alert_config find_active find_versions find create update delete enable disable restore
        manage_applications settings get_all get create update delete
        manage_applications catalog get_tag_catalog get_metric_catalog
        manage_applications resources get_applications get_services get_application_services get_application_endpoints
        manage_applications analyze get_all_traces get_trace_groups get_trace_details
        manage_infrastructure analyze get_entities get_entity_groups
        manage_infrastructure catalog get_plugins get_metrics get_tag_catalog get_plugin_schema
        manage_infrastructure resources get_snapshot get_snapshots
        manage_events - get_event get_events_by_ids get_events get_kubernetes_info_events get_agent_monitoring_events
        manage_websites analyze get_beacon_groups get_beacons
        manage_websites catalog get_metrics get_tag_catalog
        manage_websites configuration get_all get
        manage_websites advanced_config get_geo_config get_ip_masking get_geo_rules
        manage_websites alert find_active_website_alert_configs find_website_alert_config
        manage_mobile_apps analyze get_all_mobile_app_beacons get_mobile_app_beacon_groups
        manage_mobile_apps catalog get_mobile_app_metric_catalog get_mobile_app_tag_catalog
        manage_mobile_apps configuration get_all get
        manage_mobile_apps advanced_config get_geo_config get_ip_masking get_geo_rules get_source_map_upload_config get_mobile_app_source_map_upload_config_by_id
        manage_mobile_apps alert find_active_mobile_app_alert_configs find_mobile_app_alert_config
        manage_custom_dashboards - get_all get create update delete get_shareable_users get_shareable_api_tokens
        manage_releases - get_all_releases get_release create_release update_release delete_release
        manage_maintenance_windows window create modify close list_active list_scheduled list_all list_expired bulk_create validate
        manage_maintenance_windows templates get
        manage_synthetics catalog get_synthetic_catalog_metrics get_synthetic_tag_catalog
        manage_synthetics metrics get_metrics_result
        manage_synthetics settings get_synthetic_test get_synthetic_tests get_locations get_location_by_id get_all_datacenters
        manage_synthetics test_playback get_synthetic_result get_synthetic_result_analytic get_synthetic_result_list get_location_summary_list get_test_summary_list get_synthetic_result_metadata get_synthetic_result_detail_data
        """;
}
