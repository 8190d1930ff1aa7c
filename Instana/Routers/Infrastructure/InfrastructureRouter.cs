using Granary.Instana.Operations;

namespace Granary.Instana.Routers.Infrastructure;

/// <summary><c>manage_infrastructure</c>.</summary>
internal static class InfrastructureRouter
{
    public static InstanaToolDefinition Definition { get; } = new()
    {
        Name = "manage_infrastructure",
        Title = "Instana infrastructure",
        Category = "infra",
        Description = "Hosts, containers, databases, Kubernetes and every other monitored entity: metrics, snapshots, catalogs and alerts.",
        Operations = [.. InfrastructureAnalysis.Rows, .. InfrastructureResources.Rows, .. InfrastructureAlerts.Rows],
    };
}
