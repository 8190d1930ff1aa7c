namespace Granary.Simulator.World;

/// <summary>Where an incident began, and the way from the affected service to there: neighbours in the graph, one after the other.</summary>
internal sealed record RootCause(ShopService Affected, ShopEndpoint Through, ShopService Cause, string ReleaseId)
{
    /// <summary>The affected service, the service it calls, that service's endpoint.</summary>
    public IReadOnlyList<(string PluginId, string SteadyId, string SnapshotId, string Label)> Path =>
    [
        ("com.instana.plugin.service", Affected.Id, Affected.Id, Affected.Name),
        (Cause.Type == "DATABASE" ? $"com.instana.plugin.{Cause.Name}" : "com.instana.plugin.service", Cause.Id, "proc-" + Cause.Name, Cause.Name),
        ("com.instana.plugin.endpoint", Cause.Endpoints[0].Id, Cause.Endpoints[0].Id, Cause.Endpoints[0].Label),
    ];

    public string EntityPluginId => Path[1].PluginId;
}
