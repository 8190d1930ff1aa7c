namespace Granary.Simulator.Tests.Answers;

/// <summary>A good request to each endpoint that is simulated.</summary>
internal static class SampleRequests
{
    private const string All = """ "tagFilterExpression":{"type":"EXPRESSION","logicalOperator":"AND","elements":[]} """;
    private const string Frame = """ "timeFrame":{"windowSize":3600000} """;
    private const string Calls = """ "metrics":[{"metric":"calls","aggregation":"SUM"},{"metric":"latency","aggregation":"P90","granularity":600}] """;

    public static IReadOnlyList<(string Method, string Path, string? Body)> Good { get; } =
    [
        ("GET", "/api/instana/health", null), ("GET", "/api/instana/version", null), ("GET", "/api/instana/usage/api", null),
        ("GET", "/api/events?windowSize=86400000", null), ("GET", "/api/events/kubernetes-info-events?windowSize=86400000", null), ("GET", "/api/events/agent-monitoring-events?windowSize=86400000", null),
        ("GET", "/api/application-monitoring/applications", null), ("GET", "/api/application-monitoring/services?includeSnapshotIds=true", null),
        ("GET", "/api/application-monitoring/applications;id=app-robot/services;id=svc-cart/endpoints", null),
        ("GET", "/api/application-monitoring/catalog?useCase=GROUPING&dataSource=CALLS", null), ("GET", "/api/application-monitoring/catalog/metrics", null),
        ("GET", "/api/application-monitoring/topology/services?windowSize=600000", null),
        ("POST", "/api/application-monitoring/analyze/call-groups", $$"""{"group":{"groupbyTag":"service.name","groupbyTagEntity":"DESTINATION"},{{Calls}},{{Frame}}}"""),
        ("POST", "/api/application-monitoring/analyze/trace-groups", $$"""{"group":{"groupbyTag":"trace.endpoint.name","groupbyTagEntity":"NOT_APPLICABLE"},"metrics":[{"metric":"latency","aggregation":"SUM"}],{{Frame}}}"""),
        ("POST", "/api/application-monitoring/analyze/traces", $$"""{{{Frame}},"pagination":{"retrievalSize":5} }"""),
        ("POST", "/api/application-monitoring/v2/metrics", $$"""{{{Calls}},{{Frame}}}"""), ("POST", "/api/application-monitoring/metrics/applications", $$"""{{{Calls}},{{Frame}}}"""),
        ("POST", "/api/application-monitoring/metrics/services", $$"""{{{Calls}},{{Frame}}}"""), ("POST", "/api/application-monitoring/metrics/endpoints", $$"""{{{Calls}},{{Frame}}}"""),
        ("GET", "/api/application-monitoring/settings/application", null), ("GET", "/api/application-monitoring/settings/application/app-robot", null),
        ("GET", "/api/application-monitoring/settings/endpoint", null), ("GET", "/api/application-monitoring/settings/service", null), ("GET", "/api/application-monitoring/settings/manual-service", null),
        ("GET", "/api/events/settings/application-alert-configs?applicationId=app-robot", null), ("GET", "/api/events/settings/application-alert-configs/al-1", null),
        ("GET", "/api/events/settings/application-alert-configs/al-1/versions", null), ("GET", "/api/events/settings/global-alert-configs/applications?applicationId=app-robot", null),
        ("GET", "/api/events/settings/infra-alert-configs", null), ("GET", "/api/events/settings/website-alert-configs?websiteId=web-1", null),
        ("GET", "/api/events/settings/mobile-app-alert-configs?mobileAppId=mob-1", null), ("GET", "/api/events/settings/global-alert-configs/synthetics", null),
        ("GET", "/api/events/settings/global-alert-configs/logs", null), ("GET", "/api/events/settings/global-alert-configs/service-levels", null),
        ("GET", "/api/events/settings/alertingChannels/infos", null), ("GET", "/api/events/settings/event-specifications/infos", null),
        ("POST", "/api/infrastructure-monitoring/analyze/entities", $$"""{"type":"host","metrics":[{"metric":"cpu.user","granularity":600000,"aggregation":"MAX"}],{{Frame}},{{All}},"pagination":{"retrievalSize":20} }"""),
        ("POST", "/api/infrastructure-monitoring/analyze/entity-groups", $$"""{"type":"host","groupBy":["zone"],"metrics":[{"metric":"memory.used","granularity":600000,"aggregation":"MEAN"}],{{Frame}},{{All}},"pagination":{"retrievalSize":20} }"""),
        ("POST", "/api/infrastructure-monitoring/analyze/entity-types", $$"""{{{Frame}},{{All}}}"""), ("POST", "/api/infrastructure-monitoring/analyze/metrics", $$"""{"type":"host",{{Frame}},{{All}}}"""),
        ("GET", "/api/infrastructure-monitoring/catalog/plugins", null), ("GET", "/api/infrastructure-monitoring/catalog/metrics/host", null), ("GET", "/api/infrastructure-monitoring/catalog/tags", null),
        ("GET", "/api/infrastructure-monitoring/catalog/tags/host", null), ("GET", "/api/infrastructure-monitoring/catalog/search", null), ("GET", "/api/infrastructure-monitoring/monitoring-state", null),
        ("GET", "/api/infrastructure-monitoring/topology?includeData=true", null), ("GET", "/api/infrastructure-monitoring/graph/related-hosts/proc-cart", null),
        ("GET", "/api/infrastructure-monitoring/snapshots?plugin=host", null), ("POST", "/api/infrastructure-monitoring/snapshots", """{"snapshotIds":["host-1","nope"]}"""),
        ("POST", "/api/infrastructure-monitoring/metrics", $$"""{"plugin":"host","metrics":["cpu.user"],"rollup":60,{{Frame}}}"""),
        ("POST", "/api/website-monitoring/analyze/beacon-groups", $$"""{"type":"PAGELOAD","group":{"groupbyTag":"beacon.page.name","groupbyTagEntity":"NOT_APPLICABLE"},"metrics":[{"metric":"beaconCount","aggregation":"SUM","granularity":600}],{{Frame}}}"""),
        ("POST", "/api/website-monitoring/analyze/beacons", $$"""{"type":"PAGELOAD",{{Frame}}}"""), ("POST", "/api/website-monitoring/v2/metrics", $$"""{"type":"PAGELOAD","metrics":[{"metric":"beaconCount","aggregation":"SUM"}],{{Frame}}}"""),
        ("GET", "/api/website-monitoring/catalog?beaconType=PAGELOAD&useCase=GROUPING", null), ("GET", "/api/website-monitoring/catalog/metrics", null), ("GET", "/api/website-monitoring/config", null),
        ("GET", "/api/website-monitoring/config/web-1", null), ("GET", "/api/website-monitoring/config/web-1/geo-location", null), ("GET", "/api/website-monitoring/config/web-1/ip-masking", null),
        ("GET", "/api/website-monitoring/config/web-1/geo-mapping-rules", null),
        ("POST", "/api/mobile-app-monitoring/analyze/beacon-groups", $$"""{"type":"SESSION_START","group":{"groupbyTag":"mobileBeacon.view.name","groupbyTagEntity":"NOT_APPLICABLE"},"metrics":[{"metric":"beaconCount","aggregation":"SUM"}],{{Frame}}}"""),
        ("POST", "/api/mobile-app-monitoring/analyze/beacons", $$"""{"type":"SESSION_START",{{Frame}}}"""), ("GET", "/api/mobile-app-monitoring/catalog?beaconType=SESSION_START&useCase=GROUPING", null),
        ("GET", "/api/mobile-app-monitoring/catalog/metrics", null), ("GET", "/api/mobile-app-monitoring/config", null), ("GET", "/api/mobile-app-monitoring/config/mob-1", null),
        ("GET", "/api/mobile-app-monitoring/config/mob-1/geo-location", null), ("GET", "/api/mobile-app-monitoring/config/mob-1/ip-masking", null), ("GET", "/api/mobile-app-monitoring/config/mob-1/sourcemap-upload", null),
        ("GET", "/api/mobile-app-monitoring/config/mob-1/sourcemap-upload/sm-1", null), ("GET", "/api/custom-dashboard", null), ("GET", "/api/custom-dashboard/dash-1", null),
        ("GET", "/api/custom-dashboard/shareable-users", null), ("GET", "/api/custom-dashboard/shareable-api-tokens", null), ("GET", "/api/settings/slo", null), ("GET", "/api/settings/slo/SLOcart", null),
        ("GET", "/api/settings/slo/tags", null), ("GET", "/api/slo/report/SLOcart", null), ("GET", "/api/slo/correction?from=1&to=2", null), ("GET", "/api/settings/correction", null), ("GET", "/api/settings/correction/corr-1", null),
        ("GET", "/api/releases", null), ("POST", "/api/releases", """{"name":"web-9","start":1773143000000,"applications":[{"name":"Robot Shop"}],"services":[{"name":"web","scopedTo":{"applications":[{"name":"Robot Shop"}]}}]}"""),
        ("GET", "/api/settings/v2/maintenance", null), ("GET", "/api/settings/v2/maintenance/mw-2", null),
        ("GET", "/api/synthetics/catalog/metrics", null), ("GET", "/api/synthetics/catalog?useCase=GROUPING", null), ("GET", "/api/synthetics/settings/tests", null), ("GET", "/api/synthetics/settings/tests/t-1", null),
        ("GET", "/api/synthetics/settings/locations", null), ("GET", "/api/synthetics/settings/locations/loc-1", null), ("GET", "/api/synthetics/settings/datacenters", null),
        ("POST", "/api/synthetics/metrics", $$"""{"metrics":[{"metric":"synthetic.metricsResponseTime","aggregation":"MEAN"}],{{Frame}}}"""),
        ("POST", "/api/synthetics/results", $$"""{"metrics":[{"metric":"synthetic.metricsResponseTime","aggregation":"MEAN"}],{{Frame}}}"""),
        ("POST", "/api/synthetics/results/list", $$"""{"syntheticMetrics":["response_time","status"],{{Frame}}}"""),
        ("POST", "/api/synthetics/results/analytic", $$"""{"analyticFunction":"LAST_VALUE","syntheticMetrics":["response_time"],{{Frame}}}"""),
        ("POST", "/api/synthetics/results/testsummarylist", $$"""{"metrics":[{"metric":"success_rate","aggregation":"MEAN"}],{{Frame}}}"""),
        ("GET", "/api/automation/actions", null), ("GET", "/api/automation/actions/act-1", null), ("GET", "/api/automation/ai/action/match?snapshotId=proc-cart", null),
        ("POST", "/api/automation/ai/action/match", """{"name":"Restart"}"""), ("GET", "/api/automation/actioninstances?windowSize=86400000", null),
    ];
}
