namespace Granary.Gateway.Tests.Prompts.Instana;

/// <summary>The prompts of mcp-instana as its description lists them: category, name, arguments; the required ones carry an asterisk.</summary>
internal static class DocumentedPrompts
{
    public static IReadOnlyList<(string Category, string Name, IReadOnlyList<string> Arguments)> All { get; } =
    [
        .. Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .Select(words => (words[0], words[1], (IReadOnlyList<string>)words[2..])),
    ];

    private const string Text = """
        app app_alerts_list from_time to_time name_filter severity
        app app_alert_details alert_ids application_id
        app app_alert_config_delete id*
        app app_alert_config_enable id*
        app get_application_metrics application_ids metrics time_frame fill_time_series
        app get_application_endpoints_metrics application_ids metrics time_frame fill_time_series order pagination filters
        app get_application_service_metrics service_ids* metrics var_from to fill_time_series include_snapshot_ids
        app application_insights_summary window_size* to_time* name_filter application_boundary_scope
        app get_applications name_filter application_boundary_scope
        app get_services name_filter include_snapshot_ids
        app get_application_services application_id service_id name_filter application_boundary_scope include_snapshot_ids
        app get_application_endpoints application_id service_id endpoint_id name_filter types technologies application_boundary_scope
        app get_all_applications_configs
        app get_application_config id*
        app create_application_config label* scope boundary_scope access_rules tag_filter_expression
        app get_all_endpoint_configs
        app get_endpoint_config id*
        app get_all_manual_service_configs
        app add_manual_service_config enabled* tag_filter_expression* unmonitored_service_name existing_service_id description
        app get_service_config id*
        app get_application_topology window_size to_timestamp application_id application_boundary_scope
        events get_event event_id*
        events get_kubernetes_info_events from_time to_time time_range max_events
        events get_agent_monitoring_events query from_time to_time size max_events time_range
        events get_events time_range from_time to_time event_type_filters entity_type entity_name entity_label state problem severity max_events
        events get_events_by_severity_and_state from_time to_time state severity event_type_filters max_events
        events get_events_by_entity_and_problem time_range entity_name problem event_type_filters max_events
        events get_events_by_entity_type_and_event_type time_range entity_type event_type_filters max_events
        events get_events_by_ids event_ids*
        infra infra_available_metrics type* query var_from to windowSize
        infra infra_get_entities type* metrics windowSize to
        infra infra_available_plugins offline* query windowSize to
        infra debug_ibmmq_queue_full queue_name* queue_manager time_range
        infra debug_ibmmq_invalid_queue queue_name* queue_manager time_range
        infra debug_ibmmq_qmgr_down queue_manager* time_range
        infra debug_ibmmq_large_messages queue_name* queue_manager time_range
        infra debug_ibmmq_auth_failure queue_name* queue_manager time_range
        infra debug_ibmmq_empty_queue queue_name* queue_manager time_range
        infra debug_ibmmq_channel_issues channel_name queue_manager time_range
        infra debug_ibmmq_mft_transfer_failures agent_name queue_manager time_range
        infra monitor_ibmmq_health queue_manager time_range
        infra get_available_payload_keys_by_plugin_id plugin_id*
        infra get_infrastructure_catalog_metrics plugin* filter
        infra get_tag_catalog plugin*
        infra get_tag_catalog_all
        website get_website_beacon_groups payload fill_time_series
        website get_website_beacons payload fill_time_series
        website get_website_beacon_metrics_v2 payload
        website get_website_page_load page_id* timestamp*
        website get_website_catalog_metrics
        website get_website_catalog_tags
        website get_website_tag_catalog
        website get_websites
        website get_website website_id*
        website create_website payload*
        website delete_website website_id*
        website rename_website website_id* payload*
        website get_website_geo_location_configuration website_id*
        website update_website_geo_location_configuration website_id* payload*
        website get_website_ip_masking_configuration website_id*
        website update_website_ip_masking_configuration website_id* payload*
        website find_active_website_alert_configs website_id* alert_ids
        website find_website_alert_config id* valid_on
        settings create_dashboard title* widgets access_rules description tags
        settings get_dashboard_list limit tags search
        settings get_dashboard_details dashboard_id*
        settings update_dashboard dashboard_id* title widgets access_rules description tags
        settings delete_dashboard dashboard_id*
        settings get_shareable_users dashboard_id*
        settings get_shareable_api_tokens dashboard_id*
        settings create_metric_widget title* metric_name* time_range aggregation filters
        settings create_chart_widget title* chart_type* metrics* time_range group_by
        settings create_application_dashboard application_name* include_metrics include_topology time_range
        synthetic get_synthetic_catalog_metrics
        synthetic get_synthetic_tag_catalog
        synthetic get_metrics_result payload
        synthetic get_synthetic_test test_id test_name
        synthetic get_synthetic_tests application_id location_id credential_name sort offset limit filter
        synthetic get_locations location_type status sort offset limit filter
        synthetic get_location_by_id location_id location_name
        synthetic get_all_datacenters status
        synthetic get_fleet_health_score datacenter_count
        synthetic get_failing_tests_by_location_label location_label location_id time_window_ms
        synthetic get_tests_linked_to_location_with_success_rates location_id* time_window_ms
        synthetic get_online_datacenters_with_failures
        synthetic get_managed_fleet_health_score time_window_ms
        synthetic get_location_health_overview time_window_ms
        synthetic check_location_full_outage time_window_ms
        synthetic check_failure_concentration time_window_ms
        synthetic analyze_synthetic_failure_rate_after_release release_name release_id comparison_window_ms
        synthetic find_first_failure_timestamp test_name test_id location_name location_id search_window_ms
        synthetic compare_test_pass_rate_across_locations test_name test_id location_names time_window_ms
        synthetic check_consecutive_failures test_name test_id time_window_ms
        synthetic analyze_test_failure_trend test_name test_id location_name location_id time_window_ms
        synthetic find_most_reliable_tests time_window_ms min_runs
        synthetic rank_tests_by_failure_rate time_window_ms limit order
        synthetic check_test_per_location_failure test_name test_id time_window_ms
        mobile_app get_mobile_app_beacon_groups payload fill_time_series
        mobile_app get_all_mobile_app_beacons payload fill_time_series
        mobile_app get_mobile_app_tag_catalog
        mobile_app get_mobile_app_metric_catalog
        mobile_app get_all_mobile_apps
        mobile_app get_mobile_app_by_id mobile_app_id*
        mobile_app get_mobile_app_geo_location_configuration id*
        mobile_app get_mobile_app_geo_mapping_rules id*
        mobile_app get_mobile_app_ip_masking_configuration id*
        mobile_app get_all_mobile_app_source_map_upload_configurations id*
        mobile_app get_mobile_app_source_map_upload_configuration_by_id mobile_app_id* config_id*
        mobile_app find_active_mobile_app_alert_configs mobile_app_id* alert_ids
        mobile_app find_mobile_app_alert_config id* valid_on
        maintenance create_maintenance_window imap_code* start_time* duration_minutes duration_hours template reason
        maintenance list_active_maintenance_windows imap_code
        maintenance list_all_maintenance_windows imap_code
        maintenance list_scheduled_maintenance_windows imap_code
        maintenance modify_maintenance_window window_id* duration_minutes end_time reason
        maintenance close_maintenance_window window_id* completion_notes
        maintenance get_maintenance_templates
        """;
}
