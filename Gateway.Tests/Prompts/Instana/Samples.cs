namespace Granary.Gateway.Tests.Prompts.Instana;

/// <summary>Values for arguments of prompts, as a person would type them.</summary>
internal static class Samples
{
    private const string Filter = """{"type":"TAG_FILTER","name":"service.name","operator":"EQUALS","entity":"DESTINATION","value":"cart"}""";

    public static Dictionary<string, string> For(string prompt, params IEnumerable<string> arguments) =>
        arguments.ToDictionary(name => name, name => name switch
    {
        "payload" => Payload(prompt),
        "metrics" when prompt == "infra_get_entities" => "cpu.user:MEAN",
        "order" when prompt == "rank_tests_by_failure_rate" => "ASC",
        "filter" when prompt == "get_infrastructure_catalog_metrics" => "builtin",
        _ => Of(name),
    });

    private static string Payload(string prompt) => prompt switch
    {
        "get_website_beacon_groups" or "get_website_beacon_metrics_v2" =>
            """{"beacon_type":"PAGELOAD","metrics":[{"metric":"beaconCount","aggregation":"SUM"}],"group":{"groupbyTag":"beacon.page.name","groupbyTagEntity":"NOT_APPLICABLE"},"time_frame":{"windowSize":60000}}""",
        "get_mobile_app_beacon_groups" =>
            """{"beacon_type":"CRASH","metrics":[{"metric":"beaconCount","aggregation":"SUM"}],"group":{"groupbyTag":"mobileBeacon.view.name","groupbyTagEntity":"NOT_APPLICABLE"},"time_frame":{"windowSize":60000}}""",
        "get_website_beacons" => """{"beacon_type":"PAGELOAD","time_frame":{"windowSize":60000}}""",
        "get_all_mobile_app_beacons" => """{"beacon_type":"CRASH","time_frame":{"windowSize":60000}}""",
        "get_metrics_result" => """{"metrics":[{"metric":"synthetic.metricsResponseTime","aggregation":"MEAN"}],"timeFrame":{"windowSize":60000}}""",
        _ => """{"name":"shop"}""",
    };

    private static string Of(string name) => name switch
    {
        "from_time" or "start_time" or "var_from" or "timestamp" or "valid_on" => "1795936805206",
        "to" or "to_time" or "to_timestamp" or "end_time" => "1795940405206",
        "time_range" => "last 2 hours",
        "severity" => "10",
        "max_events" or "size" or "limit" or "offset" or "min_runs" or "datacenter_count" or "duration_hours" or "duration_minutes" => "20",
        "windowSize" or "window_size" or "time_window_ms" or "search_window_ms" or "comparison_window_ms" => "3600000",
        "enabled" or "offline" or "fill_time_series" or "include_snapshot_ids" or "include_metrics" or "include_topology" => "true",
        "event_type_filters" => "INCIDENT,ISSUE",
        "entity_type" => "SERVICE",
        "state" => "open",
        "status" => "Online",
        "location_type" => "Managed",
        "metrics" => "calls:SUM,latency:P90",
        "time_frame" => """{"windowSize":3600000}""",
        "order" => """{"by":"calls","direction":"DESC"}""",
        "pagination" => """{"retrievalSize":20}""",
        "filters" or "tag_filter_expression" => Filter,
        "access_rules" => """[{"accessType":"READ","relationType":"GLOBAL"}]""",
        "widgets" => """[{"id":"w","type":"bigNumber","x":0,"y":0,"width":1,"height":1,"config":{}}]""",
        "scope" => "INCLUDE_NO_DOWNSTREAM",
        "boundary_scope" or "application_boundary_scope" => "INBOUND",
        "aggregation" => "SUM",
        "template" => "deployment",
        "sort" => "+label",
        _ => name + "-1",
    };
}
