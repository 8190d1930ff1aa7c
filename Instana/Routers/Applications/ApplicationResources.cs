using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.Applications;

/// <summary>Applications, services and endpoints that were seen in a period.</summary>
internal static class ApplicationResources
{
    private const string Root = "/api/application-monitoring/";

    private static readonly InstanaParameter ServiceId = Named("service_id", "Service", "service_name", "services");

    private static readonly InstanaParameter ServiceName = Text("service_name", "Service by its name, instead of its id").Here();

    private static readonly InstanaParameter Snapshots = Flag("include_snapshot_ids", "With the snapshots they run on");

    public static IEnumerable<InstanaOperationDefinition> Rows { get; } = Of("resources", null,
        Pages("get_applications", Root + "applications", "Applications", "application", NameFilter, BoundaryScope),
        Pages("get_services", Root + "services", "Services", "service", NameFilter, Snapshots),
        Pages(
            "get_application_services", Root + "applications;id={applicationId}/services;id={serviceId}", "Services of an application", "service",
            AppId, AppName, ServiceId, ServiceName, NameFilter, BoundaryScope, Snapshots),
        Pages(
            "get_application_endpoints", Root + "applications;id={applicationId}/services;id={serviceId}/endpoints;id={endpointId}", "Endpoints", "endpoint",
            AppId, AppName, ServiceId, ServiceName, Id("endpoint_id", "Endpoint") with { Required = false }, NameFilter,
            Texts("types", "Only these types, e.g. HTTP"), Texts("technologies", "Only these technologies"), BoundaryScope),
        Get("get_topology", Root + "topology/services", "Which service calls which", AppId, AppName, BoundaryScope) with { Period = Window });

    private static InstanaOperationDefinition Pages(string name, string path, string summary, string entity, params InstanaParameter[] parameters) =>
        Get(name, path, summary, [.. parameters, Page, PageSize]) with { Result = ResultShape.Pages, Period = OptionalWindow, Entity = entity };
}
