using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.Query;
using Granary.Simulator.World;

namespace Granary.Simulator.Events;

/// <summary>The events part of the API.</summary>
internal sealed class EventEndpoints(SimulatedWorld world)
{
    private const string Settings = "/api/events/settings";
    private const long DefaultWindow = 600_000;

    private readonly ClosedEvents _closed = new();

    private EventJson Writer => new(world, _closed);

    public void Register(ApiHandlers on)
    {
        on.On("GET /api/events", call => List(call, kind => kind is EventKind.Incident or EventKind.Issue or EventKind.Change));
        on.On("GET /api/events/kubernetes-info-events", call => List(call, kind => kind == EventKind.Kubernetes));
        on.On("GET /api/events/agent-monitoring-events", call => List(call, kind => kind == EventKind.Agent));
        on.On("GET /api/events/{}", call => world.Events.Find(call.Id, world.Now) is { } found ? SimulatedAnswer.Ok(Writer.Write(found, world.Now))
            : SimulatedAnswer.NotFound("Event", call.Id));
        on.On("POST /api/events", ByIds);
        on.On($"POST {Settings}/manual-close/{{}}", Close);
        on.On($"POST {Settings}/manual-close", CloseSeveral);
    }

    private SimulatedAnswer List(ApiCall call, Func<EventKind, bool> kinds)
    {
        var now = world.Now;
        var to = call.Number("to", now);
        // The start wins over the length.
        var from = call.Number("from", to - call.Number("windowSize", DefaultWindow));
        if (from > to)
            throw new BadQueryException("Bad request: 'from' must not be after 'to'");
        var types = call.List("eventTypeFilters");
        List<WorldEvent> events = [.. world.Events.Between(from, to, now)
            .Where(item => Wants(item, kinds, call) && (types.Count == 0 || types.Contains(item.Type.ToUpperInvariant()))
            && (!call.Flag("excludeTriggeredBefore") || item.Start >= from) && (!call.Flag("filterEventUpdates") || item.Start >= from || item.End <= to))];
        if (events.Count == 0 && !kinds(EventKind.Issue))
            return SimulatedAnswer.Error(404, "There are no such events in the timeframe.");
        return SimulatedAnswer.Ok(Json.Array(events.Select(item => (JsonNode)Writer.Write(item, now))));
    }

    private static bool Wants(WorldEvent item, Func<EventKind, bool> kinds, ApiCall call) => kinds(item.Kind)
        || (item.Kind == EventKind.Agent && call.Flag("includeAgentMonitoringIssues"))
        || (item.Kind == EventKind.Kubernetes && call.Flag("includeKubernetesInfoEvents"));

    private SimulatedAnswer ByIds(ApiCall call)
    {
        if (call.Json is not JsonArray list || list.Any(id => id?.GetValueKind() != JsonValueKind.String))
            return SimulatedAnswer.Error(422, "The body must be an array of event ids.");
        List<string> ids = [.. list.Select(id => id!.GetValue<string>()).Distinct()];
        List<WorldEvent> found = [.. ids.Select(id => world.Events.Find(id, world.Now)).OfType<WorldEvent>()];
        return new SimulatedAnswer(found.Count == ids.Count ? 200 : 206, Json.Array(found.Select(item => (JsonNode)Writer.Write(item, world.Now))));
    }

    private SimulatedAnswer Close(ApiCall call)
    {
        if (world.Events.Find(call.Id, world.Now) is not { } item || !_closed.IsOpen(item, world.Now))
            return SimulatedAnswer.Error(404, "The event id refers to an event that is not open.");
        _closed.Close(call.Id, world.Now);
        return SimulatedAnswer.Ok(Json.Object(
            ("id", item.Id), ("entityId", item.SnapshotId), ("plugin", item.EntityName), ("state", "CLOSED"), ("type", item.Type), ("start", item.Start),
            ("end", world.Now),
            ("problem", Json.Object(("id", item.SpecificationId ?? item.Id), ("problemText", item.Problem), ("fixSuggestion", item.FixSuggestion),
                ("severity", item.Severity)))));
    }

    private SimulatedAnswer CloseSeveral(ApiCall call)
    {
        var ids = call.Object.Items("eventIds").Select(id => id.ToString()).ToList();
        var open = ids.Where(id => world.Events.Find(id, world.Now) is { } item && _closed.IsOpen(item, world.Now)).ToHashSet();
        foreach (var id in open)
            _closed.Close(id, world.Now);
        return new SimulatedAnswer(open.Count == ids.Count ? 200 : 207,
            Json.Object(("successfulRequests", Json.Texts(ids.Where(open.Contains))), ("failedRequests", Json.Texts(ids.Where(id => !open.Contains(id))))));
    }
}
