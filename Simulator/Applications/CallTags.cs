using System.Text.Json.Nodes;
using Granary.Simulator.Api;

namespace Granary.Simulator.Applications;

/// <summary>The tags and metrics that calls have.</summary>
internal static class CallTags
{
    public static IReadOnlyList<(string Level, string Name, string Label, string Type)> All { get; } =
    [
        ("Commonly used", "application.name", "Application name", "STRING_SET"), ("Commonly used", "service.name", "Service name", "STRING"),
        ("Commonly used", "endpoint.name", "Endpoint name", "STRING"), ("Commonly used", "call.erroneous", "Erroneous", "BOOLEAN"),
        ("Application", "application.id", "Application id", "STRING_SET"), ("Application", "service.id", "Service id", "STRING"),
        ("Application", "endpoint.id", "Endpoint id", "STRING"), ("Application", "endpoint.type", "Endpoint type", "STRING"),
        ("Call", "call.name", "Call name", "STRING"), ("Call", "call.type", "Call type", "STRING"), ("Call", "call.http.status", "HTTP status", "NUMBER"),
        ("Call", "call.http.path", "HTTP path", "STRING"), ("Call", "call.http.method", "HTTP method", "STRING"),
        ("Call", "call.error.message", "Error message", "STRING"),
        ("Infrastructure", "host.name", "Host name", "STRING"), ("Infrastructure", "kubernetes.namespace.name", "Kubernetes namespace", "STRING"),
        ("Infrastructure", "kubernetes.cluster.name", "Kubernetes cluster", "STRING"), ("Infrastructure", "kubernetes.pod.name", "Kubernetes pod", "STRING"),
    ];

    public static IReadOnlyList<(string Level, string Name, string Label, string Type)> Traces { get; } =
    [
        ("Trace", "trace.endpoint.name", "Endpoint of the trace", "STRING"), ("Trace", "trace.service.name", "Service of the trace", "STRING"),
        ("Trace", "trace.erroneous", "Erroneous", "BOOLEAN"),
        .. All,
    ];

    public static JsonArray Metrics() => Json.Array(
        TagCatalogs.Metric("calls", "Call count", "NUMBER", "Number of received calls", "PER_SECOND", "SUM"),
        TagCatalogs.Metric("erroneousCalls", "Erroneous call count", "NUMBER", "Number of calls that failed", "PER_SECOND", "SUM"),
        TagCatalogs.Metric("errors", "Erroneous call rate", "PERCENTAGE", "Share of calls that failed", "MEAN"),
        TagCatalogs.Metric("latency", "Latency", "LATENCY", "Time until a call is answered", "P25", "P50", "P75", "P90", "P95", "P98", "P99", "SUM", "MEAN",
            "MAX", "MIN"),
        TagCatalogs.Metric("services", "Service count", "NUMBER", "Number of services called", "DISTINCT_COUNT"));
}
