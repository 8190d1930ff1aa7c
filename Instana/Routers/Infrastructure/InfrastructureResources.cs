using Granary.Instana.Operations;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.Infrastructure;

/// <summary>Snapshots: what an entity was at a time.</summary>
internal static class InfrastructureResources
{
    public static IEnumerable<InstanaOperationDefinition> Rows { get; } = Of("resources", null,
        Get("get_snapshot", "/api/infrastructure-monitoring/snapshots/{id}", "One snapshot in full", Id("snapshot_id", "Snapshot").As("id")) with
        {
            Period = OptionalWindow, Entity = "snapshot",
        },
        Get(
            "get_snapshots", "/api/infrastructure-monitoring/snapshots", "Snapshots by Dynamic Focus query",
            Text("query", "Dynamic Focus, e.g. entity.type:host", 2048), Text("plugin", "Plugin id"),
            Whole("size", "Most snapshots", 1, 1000, 100), Flag("offline", "Those that are gone, too"), Flag("detailed", "All fields").Here()) with
        {
            Period = Window, Entity = "snapshot", Result = ResultShape.Pages, ListName = "snapshots", Keep = ["snapshotId", "plugin", "label", "host", "from", "to", "tags"],
        });
}
