using System.Text.Json;
using Granary.Instana.Events;
using Granary.Instana.Tests.Support;

namespace Granary.Instana.Tests.Events;

public class EventTrimTests
{
    [Fact]
    public void An_incident_keeps_what_explains_it() => Trim(
        """
        {"eventId":"e1","start":1773129600000,"end":1773133200000,"type":"incident","state":"open","problem":"P","detail":"D","severity":10,
         "entityName":"Service","entityLabel":"ratings","entityType":"SERVICE","fixSuggestion":"F","snapshotId":"s","serviceId":"svc","applicationId":"app",
         "eventSpecificationId":"spec","shortCode":"c","metrics":[{"metricName":"errors","metricAggregation":"MEAN"},{"metricName":"errors"}],
         "recentEvents":[{"eventId":"a"},{"eventId":"b"}],
         "probableCause":{"found":true,"currentRootCause":[{"entityType":"host","entityLabel":"host-1","probFailure":0.8765,"explainability":[{"text":"One."},{"text":"Two."}]}]}}
        """,
        """
        {"eventId":"e1","eventSpecificationId":"spec","start":1773129600000,"type":"incident","state":"open","problem":"P","age":"4 hours ago",
         "end":1773133200000,"severity":10,"duration":"ongoing","detail":"D","fixSuggestion":"F",
         "entity":{"type":"SERVICE","label":"ratings","serviceId":"svc","applicationId":"app"},"affectedMetrics":["errors"],"relatedEventsCount":2,
         "probableCause":{"found":true,"confidence":0.88,"rootCauseEntity":"host: host-1","summary":"One. Two."}}
        """);

    [Fact]
    public void A_closed_issue_tells_how_long_it_was() => Trim(
        """{"eventId":"e2","start":1773129600000,"end":1773130200000,"type":"issue","state":"closed","problem":"P","detail":"same","fixSuggestion":"same","severity":5,"entityType":"ENDPOINT","entityLabel":"GET /","endpointId":"ep","probableCause":[]}""",
        """{"eventId":"e2","start":1773129600000,"type":"issue","state":"closed","problem":"P","age":"4 hours ago","end":1773130200000,"severity":5,"duration":"10 minutes","detail":"same","entity":{"type":"ENDPOINT","label":"GET /","endpointId":"ep"}}""");

    [Fact]
    public void A_change_is_a_moment() => Trim(
        """{"eventId":"e3","start":1773143990000,"end":1773143990000,"type":"change","state":"closed","problem":"Changed","detail":"1 → 2","severity":-1,"entityType":"INFRASTRUCTURE","entityLabel":"dep","fixSuggestion":""}""",
        """{"eventId":"e3","start":1773143990000,"type":"change","state":"closed","problem":"Changed","age":"just now","timestamp":"2026-03-10T11:59:50Z","entity":{"type":"INFRASTRUCTURE","label":"dep"},"detail":"1 → 2"}""");

    [Fact]
    public void An_agents_issue_has_no_severity() => Trim(
        """{"eventId":"e4","start":1773057600000,"end":1773057601000,"type":"agent_monitoring_issue","state":"closed","problem":"Monitoring issue: x","severity":5,"entityType":"INFRASTRUCTURE","entityLabel":"java"}""",
        """{"eventId":"e4","start":1773057600000,"type":"agent_monitoring_issue","state":"closed","problem":"Monitoring issue: x","age":"1 day ago","end":1773057601000,"duration":"1 second","entity":{"type":"INFRASTRUCTURE","label":"java"}}""");

    private static void Trim(string raw, string expected)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        using (var document = JsonDocument.Parse(raw))
            EventTrim.Write(writer, document.RootElement, Backend.Noon);
        using var trimmed = JsonDocument.Parse(stream.ToArray());
        using var wanted = JsonDocument.Parse(expected);
        JsonElement.DeepEquals(trimmed.RootElement, wanted.RootElement).ShouldBeTrue(trimmed.RootElement.GetRawText());
        trimmed.RootElement.EnumerateObject().Select(property => property.Name)
            .ShouldBe(wanted.RootElement.EnumerateObject().Select(property => property.Name));
    }
}
