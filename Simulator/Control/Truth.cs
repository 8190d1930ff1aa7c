using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.World;

namespace Granary.Simulator.Control;

/// <summary>The right answers: what really caused an incident, and the value of a metric.</summary>
internal static class Truth
{
    public static SimulatedAnswer Incident(SimulatedWorld world, string id)
    {
        if (world.Events.Find(id, world.Now) is not { Cause: { } cause } incident)
            return SimulatedAnswer.Error(404, $"Incident with id: {id} is not found");
        var release = world.Events.FindRelease(cause.ReleaseId, world.Now)!;
        return SimulatedAnswer.Ok(Json.Object(
            ("incident", incident.Id), ("start", incident.Start), ("end", incident.End), ("found_by_backend", incident.IsCauseFound),
            ("release", Json.Object(("id", release.Id), ("name", release.Name), ("start", release.Start))),
            ("affected_service", cause.Affected.Id), ("failing_endpoint", cause.Through.Id), ("root_cause", cause.Cause.Id),
            ("error_threshold", Measures.ErrorThreshold),
            ("path", Json.Array(cause.Path.Select(node => (JsonNode)Json.Object(("plugin_id", node.PluginId), ("steady_id", node.SteadyId),
                ("snapshot_id", node.SnapshotId), ("label", node.Label))))),
            ("related_events", Json.Texts(incident.Recent))));
    }

    public static SimulatedAnswer Value(SimulatedWorld world, IQueryCollection query)
    {
        if (query["entity"].ToString() is not { Length: > 0 } entity || query["metric"].ToString() is not { Length: > 0 } metric
            || !long.TryParse(query["t"], NumberStyles.None, CultureInfo.InvariantCulture, out var time))
            return SimulatedAnswer.Error(400, "Ask with entity, metric and t (epoch milliseconds).");
        return world.Measures.Value(entity, metric, time) is { } value
            ? SimulatedAnswer.Ok(Json.Object(("entity", entity), ("metric", metric), ("t", time), ("value", value)))
            : SimulatedAnswer.Error(404, $"{entity} has no metric {metric}");
    }
}
