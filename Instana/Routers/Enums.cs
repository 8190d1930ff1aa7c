namespace Granary.Instana.Routers;

/// <summary>Words of the backend's contract that several rows use.</summary>
internal static class Enums
{
    public static readonly IReadOnlyList<string> Aggregations =
    [
        "SUM", "MEAN", "MAX", "MIN", "P25", "P50", "P75", "P90", "P95", "P98", "P99", "P99_9", "P99_99",
        "DISTINCT_COUNT", "SUM_POSITIVE", "PER_SECOND", "INCREASE",
    ];

    public static readonly IReadOnlyList<string> Entities = ["NOT_APPLICABLE", "DESTINATION", "SOURCE"];

    public static readonly IReadOnlyList<string> UseCases =
    [
        "GROUPING", "FILTERING", "SERVICE_MAPPING", "SMART_ALERTS", "SMART_ALERTS_LOGS", "SMART_ALERTS_ADAPTIVE_BASELINE", "SMART_ALERTS_CUSTOM_PAYLOAD",
        "SLI_MANAGEMENT", "APPLICATION_CONFIG", "APPLICATION_CONFIG_BLUEPRINT", "MAINTENANCE_WINDOWS", "BIZOPS_CUSTOM_DASHBOARDS_FILTERING",
    ];

    /// <summary>Milliseconds that a smart alert may look at.</summary>
    public static readonly IReadOnlyList<string> Granularities = ["60000", "300000", "600000", "900000", "1200000", "1800000"];

    public static readonly IReadOnlyList<string> WebsiteBeacons = ["pageLoad", "resourceLoad", "httpRequest", "error", "custom", "pageChange"];

    public static readonly IReadOnlyList<string> MobileBeacons = ["sessionStart", "httpRequest", "crash", "custom", "viewChange", "dropBeacon", "perf"];

    public static readonly IReadOnlyList<string> AllOrInbound = ["ALL", "INBOUND"];

    public static readonly IReadOnlyList<string> DurationUnits = ["millisecond", "second", "minute", "hour", "day", "week", "month"];
}
