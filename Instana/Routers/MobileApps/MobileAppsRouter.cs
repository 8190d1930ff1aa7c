using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.MobileApps;

/// <summary><c>manage_mobile_apps</c>: what apps on phones report.</summary>
internal static class MobileAppsRouter
{
    private const string Config = "/api/mobile-app-monitoring/config";

    private const string Alerts = "/api/events/settings/mobile-app-alert-configs";

    private static readonly InstanaParameter BeaconType = Choice("beacon_type", "Kind of beacon", Enums.MobileBeacons).As("type") with
    {
        Synonyms = new Dictionary<string, string>
        {
            ["SESSION_START"] = "sessionStart", ["HTTP_REQUEST"] = "httpRequest", ["VIEW_CHANGE"] = "viewChange", ["DROP_BEACON"] = "dropBeacon",
        },
        DefaultJson = "\"sessionStart\"",
    };

    private static readonly InstanaParameter[] One = [MobileAppId.Needed(), MobileAppName];

    public static InstanaToolDefinition Definition { get; } = new()
    {
        Name = "manage_mobile_apps",
        Title = "Instana mobile apps",
        Category = "mobile_app",
        Description = "Mobile app monitoring: beacons one by one or in groups, sessions, catalogs, configurations and alerts. Tags start with mobileBeacon.",
        ResourceAliases = new Dictionary<string, string> { ["session_replay"] = "session" },
        Operations =
        [
            .. Of("analyze", null,
                Ask(
                    "get_all_mobile_app_beacons", "/api/mobile-app-monitoring/analyze/beacons", "Beacons one by one", BeaconType, FlatTagFilters, Pagination,
                    Flag("filter_fields", "Essential fields only; default true").Here()) with
                {
                    Result = ResultShape.Cursor, Period = Frame, TagCatalog = "mobile_tags", Entity = "beacon",
                },
                Ask(
                    "get_mobile_app_beacon_groups", "/api/mobile-app-monitoring/analyze/beacon-groups", "Metrics of beacons, in groups",
                    BeaconType, Metrics.Needed(), Group.Needed(), TagFilter, Order, Pagination, FillTimeSeries) with
                {
                    Result = ResultShape.Cursor, Period = Frame, MetricCatalog = "mobile_metrics", TagCatalog = "mobile_tags",
                    Example = """{"metrics":[{"metric":"beaconCount","aggregation":"SUM"}],"group":{"groupbyTag":"mobileBeacon.view.name","groupbyTagEntity":"NOT_APPLICABLE"}}""",
                }),
            .. Of("catalog", null,
                List("get_mobile_app_metric_catalog", "/api/mobile-app-monitoring/catalog/metrics", "Metrics", Choice("view", "planner or full", ["planner", "full"]).Here()) with { ListName = "metrics" },
                List(
                    "get_mobile_app_tag_catalog", "/api/mobile-app-monitoring/catalog", "Tags of a kind of beacon",
                    BeaconType.As("beaconType").Needed() with { DefaultJson = null }, Choice("use_case", "What they are for", Enums.UseCases).Needed())),
            .. Of("configuration", null,
                List("get_all", Config, "All mobile apps") with { Entity = "mobile_app" },
                Get("get", Config + "/{mobileAppId}", "One mobile app", One) with { Entity = "mobile_app" }),
            .. Of("advanced_config", null,
                Get("get_geo_config", Config + "/{mobileAppId}/geo-location", "How locations are kept", One),
                Get("get_ip_masking", Config + "/{mobileAppId}/ip-masking", "How addresses are masked", One),
                Get("get_geo_rules", Config + "/{mobileAppId}/geo-mapping-rules", "Own locations of networks", One) with { Result = ResultShape.Text, Accept = "text/csv, */*" },
                Get("get_source_map_upload_config", Config + "/{mobileAppId}/sourcemap-upload", "Source maps", One),
                Get(
                    "get_mobile_app_source_map_upload_config_by_id", Config + "/{mobileAppId}/sourcemap-upload/{sourceMapConfigId}", "One source map",
                    [.. One, Id("config_id", "Source map configuration").As("sourceMapConfigId")])),
            .. Of(
                "alert", "canConfigureMobileAppSmartAlerts",
                [
                    List("find_active_mobile_app_alert_configs", Alerts, "Active alerts of an app", [.. One, AlertIds]) with { Entity = "alert", ListName = "configs" },
                    Get("find_mobile_app_alert_config", Alerts + "/{id}", "One alert", Id("id", "Alert"), ValidOn) with { Entity = "alert" },
                    .. SmartAlerts.Bulk(Alerts),
                ]),
            .. Of("session", null,
                List(
                    "get_session_beacons", "/api/mobile-app-monitoring/session;id={sessionId};timestamp={timestamp}", "Beacons of a session",
                    Id("session_id", "Session"), Moment("timestamp", "A time in it, at most 6 h off").Needed()) with { Entity = "beacon", ListName = "beacons" },
                Get(
                    "get_session_replay_action_beacons", "/api/mobile-app-monitoring/mobile-apps/{mobileAppId}/sessions/{sessionId}/action-beacons", "Actions of a session",
                    [.. One, Id("session_id", "Session"), Whole("offset", "Of the beacon to go on from", 0, long.MaxValue).As("cursor"), Whole("page_size", "Beacons", 1, 1000)]),
                Get(
                    "get_session_replay_timestamps", "/api/mobile-app-monitoring/mobile-apps/{mobileAppId}/sessions/{sessionId}/replay-timestamps",
                    "First and last image of a session", [.. One, Id("session_id", "Session")]),
                List(
                    "get_session_replay_metadata", "/api/mobile-app-monitoring/mobile-apps/{mobileAppId}/sessions/{sessionId}/replay-metadata",
                    "Images recorded of a session, without their data",
                    [.. One, Id("session_id", "Session"), Moment("start", "Images from then on").As("cursor"), Whole("window_ms", "Milliseconds to return; default 20000", 1, 3_600_000).As("pageSize")]) with
                {
                    ListName = "metadata", Drop = ["imageData"],
                }),
        ],
    };
}
