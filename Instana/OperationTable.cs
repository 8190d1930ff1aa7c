using Granary.Instana.Operations;
using Granary.Instana.Routers.Applications;
using Granary.Instana.Routers.Automation;
using Granary.Instana.Routers.Dashboards;
using Granary.Instana.Routers.Events;
using Granary.Instana.Routers.Infrastructure;
using Granary.Instana.Routers.Logs;
using Granary.Instana.Routers.Maintenance;
using Granary.Instana.Routers.MobileApps;
using Granary.Instana.Routers.Releases;
using Granary.Instana.Routers.Slo;
using Granary.Instana.Routers.Synthetics;
using Granary.Instana.Routers.Websites;

namespace Granary.Instana;

/// <summary>The table: the twelve tools and every operation they have.</summary>
internal static class OperationTable
{
    public static IReadOnlyList<InstanaToolDefinition> Tools { get; } =
    [
        ApplicationsRouter.Definition, InfrastructureRouter.Definition, EventsRouter.Definition, AutomationRouter.Definition, WebsitesRouter.Definition,
        MobileAppsRouter.Definition, DashboardsRouter.Definition, SloRouter.Definition, ReleasesRouter.Definition, MaintenanceRouter.Definition,
        SyntheticsRouter.Definition, LogsRouter.Definition,
    ];
}
