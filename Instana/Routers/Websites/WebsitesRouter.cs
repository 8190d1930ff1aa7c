using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.Websites;

/// <summary><c>manage_websites</c>: what browsers report.</summary>
internal static class WebsitesRouter
{
    private const string Config = "/api/website-monitoring/config";

    private const string Alerts = "/api/events/settings/website-alert-configs";

    private static readonly InstanaParameter BeaconType = Choice("beacon_type", "Kind of beacon", Enums.WebsiteBeacons).As("type") with
    {
        Synonyms = new Dictionary<string, string>
        {
            ["PAGELOAD"] = "pageLoad", ["PAGE_LOAD"] = "pageLoad", ["RESOURCE_LOAD"] = "resourceLoad", ["HTTP_REQUEST"] = "httpRequest", ["PAGE_CHANGE"] = "pageChange",
        },
    };

    private static readonly InstanaParameter[] One = [WebsiteId.Needed(), WebsiteName];

    public static InstanaToolDefinition Definition { get; } = new()
    {
        Name = "manage_websites",
        Title = "Instana websites",
        Category = "website",
        Description = "Website monitoring: beacons of browsers one by one or in groups, catalogs, configurations and alerts. Tags start with beacon.",
        Operations =
        [
            .. Of("analyze", null,
                Ask(
                    "get_beacon_groups", "/api/website-monitoring/analyze/beacon-groups", "Metrics of beacons, in groups",
                    BeaconType with { DefaultJson = "\"pageLoad\"" }, Metrics.Needed(), Group.Needed(), TagFilter, Order, Pagination, FillTimeSeries) with
                {
                    Result = ResultShape.Cursor, Period = Frame, MetricCatalog = "website_metrics", TagCatalog = "website_tags",
                    Example = """{"metrics":[{"metric":"beaconCount","aggregation":"SUM"}],"group":{"groupbyTag":"beacon.page.name","groupbyTagEntity":"NOT_APPLICABLE"}}""",
                },
                Ask("get_beacons", "/api/website-monitoring/analyze/beacons", "Beacons one by one", BeaconType.Needed(), FlatTagFilters, Pagination) with
                {
                    Result = ResultShape.Cursor, Period = Frame, TagCatalog = "website_tags", Entity = "beacon",
                }),
            .. Of("catalog", null,
                List("get_metrics", "/api/website-monitoring/catalog/metrics", "Metrics", Choice("view", "planner or full", ["planner", "full"]).Here()) with { ListName = "metrics" },
                Get(
                    "get_tag_catalog", "/api/website-monitoring/catalog", "Tags of a kind of beacon", BeaconType.As("beaconType").Needed(),
                    Choice("use_case", "What they are for", Enums.UseCases).Needed())),
            .. Of("configuration", null,
                List("get_all", Config, "All websites") with { Entity = "website" },
                Get("get", Config + "/{websiteId}", "One website", One) with { Entity = "website" }),
            .. Of("advanced_config", null,
                Get("get_geo_config", Config + "/{websiteId}/geo-location", "How locations are kept", One),
                Get("get_ip_masking", Config + "/{websiteId}/ip-masking", "How addresses are masked", One),
                Get("get_geo_rules", Config + "/{websiteId}/geo-mapping-rules", "Own locations of networks", One) with { Result = ResultShape.Text, Accept = "text/csv, */*" }),
            .. Of(
                "alert", "canConfigureWebsiteSmartAlerts",
                [
                    List("find_active_website_alert_configs", Alerts, "Active alerts of a website", [.. One, AlertIds]) with { Entity = "alert", ListName = "configs" },
                    Get("find_website_alert_config", Alerts + "/{id}", "One alert", Id("id", "Alert"), ValidOn) with { Entity = "alert" },
                    .. SmartAlerts.Bulk(Alerts),
                ]),
        ],
    };
}
