using Granary.Instana.Operations;

namespace Granary.Instana.Routers.Slo;

/// <summary><c>manage_slo</c>.</summary>
internal static class SloRouter
{
    public static InstanaToolDefinition Definition { get; } = new()
    {
        Name = "manage_slo",
        Title = "Instana service levels",
        Category = "slo",
        Description = "Service level objectives: configurations, reports of error budgets, alerts and correction windows.",
        Operations = [.. SloConfigurations.Rows, .. SloAlerts.Rows, .. SloCorrections.Rows],
    };
}
