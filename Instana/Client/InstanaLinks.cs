using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Instana.Time;

namespace Granary.Instana.Client;

/// <summary>Addresses of the backend's own pages, with the period, so that a person can look at what an answer is about.</summary>
internal sealed class InstanaLinks(Uri unit)
{
    private readonly string _root = unit.GetLeftPart(UriPartial.Authority);

    /// <summary>The page of an item; null where it has no id or its kind has no page.</summary>
    public string? To(string entity, JsonObject item, TimeWindow? window) => entity switch
    {
        "event" => Page("events;eventId=", Id(item, "eventId"), "", window),
        "application" => Page("application;appId=", Id(item, "id"), "/summary", window),
        "service" => Page("service;serviceId=", Id(item, "id"), "/summary", window),
        "endpoint" => Page("endpoint;endpointId=", Id(item, "id"), "/summary", window),
        "snapshot" => Page("physical/dashboard;snapshotId=", Id(item, "snapshotId"), "", window),
        "website" => Page("websiteMonitoring/website;websiteId=", Id(item, "id"), "/summary", window),
        "mobile_app" => Page("mobileAppMonitoring/mobileApp;mobileAppId=", Id(item, "id"), "/summary", window),
        "trace" => Page("analyze;dataSource=traces/trace;traceId=", Id(item["trace"] as JsonObject ?? item, "id"), "", window),
        "slo" => Page("service-levels/slo;sloId=", Id(item, "id"), "", window),
        "synthetic_test" => Page("syntheticMonitoring/test;testId=", Id(item, "id"), "/summary", window),
        "dashboard" => Page("customDashboards/view;dashboardId=", Id(item, "id"), "", window),
        "release" => Page("releases;releaseId=", Id(item, "id"), "", window),
        _ => null,
    };

    private string? Page(string before, string? id, string after, TimeWindow? window)
    {
        if (id is null)
            return null;
        var period = window is null ? "" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"?timeline.ws={window.To - window.From}&timeline.to={window.To}");
        return $"{_root}/#/{before}{Uri.EscapeDataString(id)}{after}{period}";
    }

    private static string? Id(JsonObject item, string name) =>
        item[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is { Length: > 0 and <= 256 } id ? id : null;
}
