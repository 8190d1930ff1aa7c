using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.Query;
using Granary.Simulator.World;

namespace Granary.Simulator.Applications;

/// <summary>Applications, services, endpoints, their catalogs, their metrics, and the map of services.</summary>
internal sealed class ApplicationEndpoints(SimulatedWorld world)
{
    private const string Root = "/api/application-monitoring";
    private const long Hour = 3_600_000;

    private readonly Topology _topology = world.Topology;

    public void Register(ApiHandlers on)
    {
        on.On($"GET {Root}/applications", call => List(call, Applications(call.Text("nameFilter"))
            .Where(one => call.Text("applicationBoundaryScope") is null or "ALL" || one.BoundaryScope == "INBOUND").Select(AppJson.Application)));
        on.On($"GET {Root}/services", call => List(call, Named(_topology.Services, call).Select(one => AppJson.Service(one, call.Flag("includeSnapshotIds")))));
        on.On($"GET {Root}/applications/services", call =>
            List(call, Named(ServicesOf(call), call).Select(one => AppJson.Service(one, call.Flag("includeSnapshotIds")))));
        on.On($"GET {Root}/applications/services/endpoints", call => List(call, EndpointsOf(call).Select(AppJson.Endpoint)));
        on.On($"GET {Root}/catalog", call => SimulatedAnswer.Ok(TagCatalogs.Write(call.Text("dataSource") == "TRACES" ? CallTags.Traces : CallTags.All)));
        on.On($"GET {Root}/catalog/metrics", _ => SimulatedAnswer.Ok(CallTags.Metrics()));
        on.On($"POST {Root}/metrics/applications", call =>
            Metrics(call, "application", Applications(call.Json.Text("nameFilter")).Where(one => Is(call, "applicationId", one.Id))
            .Select(one => (one.Id, AppJson.Application(one)))));
        on.On($"POST {Root}/metrics/services", call => Metrics(call, "service", _topology.Services
            .Where(one => Is(call, "serviceId", one.Id) && Matches(one.Name, call.Json.Text("nameFilter"))
                && (call.Json.Text("applicationId") is not { Length: > 0 } id || _topology.ApplicationsOf(one.Id).Any(application => application.Id == id)))
            .Select(one => (one.Id, AppJson.Service(one, call.Flag("includeSnapshotIds"))))));
        on.On($"POST {Root}/metrics/endpoints", call => Metrics(call, "endpoint", _topology.Endpoints
            .Where(one => Is(call, "endpointId", one.Id) && Is(call, "serviceId", one.ServiceId) && Matches(one.Label, call.Json.Text("nameFilter"))
                && (call.Json.Text("applicationId") is not { Length: > 0 } id || _topology.ApplicationsOf(one.ServiceId)
                .Any(application => application.Id == id)))
            .Select(one => (one.Id, AppJson.Endpoint(one)))));
        on.On($"GET {Root}/topology/services", Map);
    }

    private static SimulatedAnswer List(ApiCall call, IEnumerable<JsonNode> all) => SimulatedAnswer.Ok(ResultPages.Numbered([.. all], call));

    private static bool Is(ApiCall call, string member, string id) => call.Json.Text(member) is not { Length: > 0 } wanted || wanted == id;

    private static bool Matches(string name, string? filter) => filter is null || name.Contains(filter, StringComparison.OrdinalIgnoreCase);

    private IEnumerable<ShopApplication> Applications(string? filter) => _topology.Applications.Where(one => Matches(one.Label, filter));

    private static IEnumerable<ShopService> Named(IEnumerable<ShopService> services, ApiCall call) =>
        services.Where(one => Matches(one.Name, call.Text("nameFilter")));

    private IEnumerable<ShopService> ServicesOf(ApiCall call) => _topology.Services.Where(one =>
        (call.Path.GetValueOrDefault("applications.id") is not { } application || _topology.ApplicationsOf(one.Id).Any(of => of.Id == application))
        && (call.Path.GetValueOrDefault("services.id") is not { } service || service == one.Id));

    private IEnumerable<ShopEndpoint> EndpointsOf(ApiCall call) => ServicesOf(call).SelectMany(service => service.Endpoints).Where(one =>
        (call.Path.GetValueOrDefault("endpoints.id") is not { } id || id == one.Id)
        && Matches(one.Label, call.Text("nameFilter"))
        && (call.List("types").Count == 0 || call.List("types").Contains(one.Type))
        && (call.List("technologies").Count == 0 || call.List("technologies").Contains(_topology.ServiceOf(one).Technology)));

    private SimulatedAnswer Metrics(ApiCall call, string member, IEnumerable<(string Id, JsonObject Json)> all)
    {
        var window = QueryWindow.Of(call.Object, world.Now);
        var metrics = MetricSpec.Seconds(call.Object, window);
        List<JsonNode> items = [.. all.Select(one => Json.Object((member, one.Json),
            ("metrics", Series(world.Measures.EndpointsOf(one.Id)!, metrics, window))))];
        var page = ResultPages.Numbered(Ordering.By(items, call.Object["order"], metrics), call.Object);
        page["adjustedTimeframe"] = window.Adjusted;
        return SimulatedAnswer.Ok(page);
    }

    private JsonObject Series(IReadOnlyList<ShopEndpoint> endpoints, List<MetricSpec> metrics, QueryWindow window) =>
        CallSeries.Write(metrics, window, (from, to) => world.Measures.Calls(endpoints, from, to), _ =>
            endpoints.Select(one => one.ServiceId).Distinct().Count());

    private SimulatedAnswer Map(ApiCall call)
    {
        var window = QueryWindow.Of(call, world.Now, Hour);
        var wanted = call.Text("applicationId");
        if (wanted is not null && _topology.Application(wanted) is null)
            return SimulatedAnswer.NotFound("Application", wanted);
        List<ShopService> services = [.. _topology.Services.Where(one => wanted is null || _topology.ApplicationsOf(one.Id).Any(of => of.Id == wanted))];
        var connections = _topology.Connections.Where(one => services.Contains(one.From) || services.Contains(one.To)).Select(one =>
        {
            var calls = world.Measures.Calls([one.Through], window.From, window.To);
            return (JsonNode)Json.Object(("from", one.From.Id), ("to", one.To.Id), ("calls", calls.Calls), ("latency", calls.Metric("latency", "MEAN", 1)),
                ("errorRate", calls.ErrorRate));
        });
        return SimulatedAnswer.Ok(Json.Object(("connections", Json.Array(connections)), ("services", Json.Array(services.Select(one =>
        {
            var json = AppJson.Service(one);
            json["applications"] = Json.Texts(_topology.ApplicationsOf(one.Id).Select(of => of.Id));
            return (JsonNode)json;
        })))));
    }
}
