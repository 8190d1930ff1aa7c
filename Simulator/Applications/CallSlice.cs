using Granary.Simulator.World;

namespace Granary.Simulator.Applications;

/// <summary>The calls of an endpoint that failed, or that did not: what call analysis filters and groups.</summary>
internal sealed record CallSlice(ShopEndpoint Endpoint, bool IsErroneous)
{
    public static IEnumerable<CallSlice> All(Topology topology) =>
        topology.Endpoints.SelectMany(endpoint => (CallSlice[])[new(endpoint, false), new(endpoint, true)]);

    /// <summary>This slice's part of its endpoint's calls. Failed calls take four times as long only while something is wrong.</summary>
    public Tally Of(Tally calls)
    {
        var part = IsErroneous ? calls.Errors : calls.Calls - calls.Errors;
        return new Tally(part, IsErroneous ? part : 0, calls.Calls == 0 ? 0 : calls.LatencySum * part / calls.Calls);
    }

    /// <summary>The tags of the slice; null for a tag that does not exist.</summary>
    public IReadOnlyList<string>? Tags(Topology topology, string name, bool isSource)
    {
        var service = isSource ? Caller(topology) : topology.ServiceOf(Endpoint);
        return name switch
        {
            "service.name" => One(service?.Name),
            "service.id" => One(service?.Id),
            "application.name" => service is null ? [] : [.. topology.ApplicationsOf(service.Id).Select(application => application.Label)],
            "application.id" => service is null ? [] : [.. topology.ApplicationsOf(service.Id).Select(application => application.Id)],
            "host.name" => One(service?.Host),
            "kubernetes.namespace.name" => One(Topology.Namespace),
            "kubernetes.cluster.name" => One(Topology.Cluster),
            "kubernetes.pod.name" => One(service?.Pod),
            "endpoint.name" or "call.name" or "trace.endpoint.name" => One(Endpoint.Label),
            "trace.service.name" => One(topology.ServiceOf(Endpoint).Name),
            "endpoint.id" => One(Endpoint.Id),
            "endpoint.type" or "call.type" => One(Endpoint.Type),
            "call.erroneous" or "trace.erroneous" => One(IsErroneous ? "true" : "false"),
            "call.http.status" => Endpoint.Type == "HTTP" ? One(IsErroneous ? "500" : "200") : [],
            "call.http.path" => Endpoint.Type == "HTTP" ? One(Endpoint.Label.Split(' ')[^1]) : [],
            "call.http.method" => Endpoint.Type == "HTTP" ? One(Endpoint.Label.Split(' ')[0]) : [],
            "call.error.message" => IsErroneous ? One("connection refused") : [],
            _ => null,
        };
    }

    private ShopService? Caller(Topology topology) => topology.Connections.FirstOrDefault(connection => connection.To.Id == Endpoint.ServiceId).From;

    private static string[] One(string? value) => value is null ? [] : [value];
}
