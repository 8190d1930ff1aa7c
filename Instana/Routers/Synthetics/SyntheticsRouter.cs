using Granary.Instana.Operations;

namespace Granary.Instana.Routers.Synthetics;

/// <summary><c>manage_synthetics</c>.</summary>
internal static class SyntheticsRouter
{
    public static InstanaToolDefinition Definition { get; } = new()
    {
        Name = "manage_synthetics",
        Title = "Instana synthetic monitoring",
        Category = "synthetic",
        Description = "Synthetic tests, their locations, results, metrics and catalogs.",
        Operations = [.. SyntheticSettings.Rows, .. SyntheticResults.Rows],
    };
}
