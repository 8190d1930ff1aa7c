using Granary.Instana.Operations;

namespace Granary.Instana.Routers.Applications;

/// <summary><c>manage_applications</c>.</summary>
internal static class ApplicationsRouter
{
    public static InstanaToolDefinition Definition { get; } = new()
    {
        Name = "manage_applications",
        Title = "Instana applications",
        Category = "app",
        Description = "Applications, services, endpoints, calls, traces, their alerts and settings. For settings add resource_subtype "
            + "(application, endpoint, service, manual_service).",
        Operations = [.. ApplicationAnalysis.Rows, .. ApplicationResources.Rows, .. ApplicationAlerts.Rows, .. ApplicationSettings.Rows],
    };
}
