using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.World;

namespace Granary.Simulator.Events;

/// <summary>Writes events as backends do: metrics and related events as plain names or as objects, a cause as a path, as text, or as an empty list.</summary>
internal sealed class EventJson(SimulatedWorld world, ClosedEvents closed)
{
    public JsonObject Write(WorldEvent item, long now)
    {
        var written = Json.Object(
            ("eventId", item.Id), ("start", item.Start), ("end", Math.Min(item.End, Math.Max(now, item.Start))), ("type", item.Type),
            ("state", closed.StateOf(item, now)),
            ("problem", item.Problem), ("detail", item.Detail), ("severity", item.Severity), ("entityName", item.EntityName),
            ("entityLabel", item.EntityLabel), ("entityType", item.EntityType),
            ("fixSuggestion", item.FixSuggestion), ("snapshotId", item.SnapshotId),
            ("shortCode", "SHOP-" + (item.Start / 60_000 % 10_000).ToString(CultureInfo.InvariantCulture)));
        if (item.SpecificationId is not null)
            written["eventSpecificationId"] = item.SpecificationId;
        if (item.ServiceId is not null)
        {
            written["serviceId"] = item.ServiceId;
            written["applicationId"] = item.ApplicationId;
        }
        if (item.Metric is not null)
            written["metrics"] = Json.Array(item.WritesPlainNames ? item.Metric + ".mean" : Metric(item));
        if (item.Kind == EventKind.Incident)
        {
            written["recentEvents"] = Json.Array(item.Recent.Select(id => item.WritesPlainNames ? (JsonNode)id : Json.Object(("eventId", id))));
            // A cause that is not found is an empty list or not there at all: clients must live with both.
            if (item.IsCauseFound)
                written["probableCause"] = Cause(item, now);
            else if (item.WritesPlainNames)
                written["probableCause"] = new JsonArray();
        }
        return written;
    }

    private static JsonObject Metric(WorldEvent item) => item.ServiceId is not null
        ? Json.Object(("metricName", item.Metric), ("metricAggregation", "MEAN"))
        : Json.Object(("metricName", item.Metric), ("snapshotId", item.SnapshotId));

    private JsonObject Cause(WorldEvent item, long now)
    {
        var cause = item.Cause!;
        var (through, beside) = Rates(item, now);
        var isText = item.Start / 600_000 % 4 == 1;
        return Json.Object(("found", true), ("currentRootCause", Json.Array(Json.Object(
            ("probFailure", Math.Round(through, 2)),
            ("entityID", Json.Object(("pluginId", isText ? "com.instana.plugin.process" : cause.EntityPluginId),
                ("steadyId", isText ? "proc-" + cause.Cause.Name : cause.Cause.Id))),
            ("explainability", Json.Array(isText
                ? Json.Object(("text", string.Create(CultureInfo.InvariantCulture,
                    $"{Math.Round(through * 100)} % of the calls through {cause.Cause.Name} failed.")))
                : Json.Object(("percentageFailedThroughRC", Math.Round(through, 4)), ("percentageFailedNotThroughRC", Math.Round(beside, 4))))),
            ("topology", Json.Object(("shortestPath", isText ? []
                : Json.Array(cause.Path.Select(node => (JsonNode)Json.Object(("pluginId", node.PluginId), ("steadyId", node.SteadyId),
                ("snapshotId", node.SnapshotId)))))))))));
    }

    /// <summary>How many of the calls through the cause failed, and how many of the service's others: counted while the incident lasted.</summary>
    private (double Through, double Beside) Rates(WorldEvent item, long now)
    {
        var cause = item.Cause!;
        var end = Math.Max(item.Start + Measures.Minute, Math.Min(item.End, now));
        return (
            world.Measures.Calls([cause.Through], item.Start, end).ErrorRate,
            world.Measures.Calls(cause.Affected.Endpoints.Where(one => one.Calls is null), item.Start, end).ErrorRate);
    }
}
