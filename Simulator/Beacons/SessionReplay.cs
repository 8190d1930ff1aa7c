using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.World;

namespace Granary.Simulator.Beacons;

/// <summary>What is recorded of a session on a phone: actions, and an image for each view. Newer than the vendor's document 1.309.</summary>
internal sealed class SessionReplay(SimulatedWorld world, BeaconSource source)
{
    private const string Root = "/api/mobile-app-monitoring/mobile-apps/{}/sessions/{}";

    private const long Day = 86_400_000;

    public void Register(ApiHandlers on)
    {
        on.On($"GET {Root}/action-beacons", call => Of(call, views => Actions(call, views)));
        on.On($"GET {Root}/replay-metadata", call => Of(call, views => Images(call, views)));
        on.On($"GET {Root}/replay-timestamps", call => Of(call, views => SimulatedAnswer.Ok(Json.Object(
            ("firstImageTimestamp", views[0].Time), ("lastImageTimestamp", views[^1].Time)))));
    }

    private SimulatedAnswer Of(ApiCall call, Func<List<Beacon>, SimulatedAnswer> answer)
    {
        var (app, session) = (call.Path["mobileAppId"], call.Path["sessionId"]);
        if (app != source.Id)
            return SimulatedAnswer.NotFound("Mobile app", app);
        var views = source.Between(world.Now - Day, world.Now, "VIEW_CHANGE").Where(one => one.Session == session).OrderBy(one => one.Time).ToList();
        return views.Count == 0 ? SimulatedAnswer.NotFound("Session", session) : answer(views);
    }

    private SimulatedAnswer Actions(ApiCall call, List<Beacon> views)
    {
        var (start, size) = ((int)call.Number("cursor", 0), (int)call.Number("pageSize", 100));
        return Page("beacons", views.Skip(start).Take(size).Select(Action), start + size < views.Count ? start + size : null);
    }

    private static SimulatedAnswer Images(ApiCall call, List<Beacon> views)
    {
        var start = call.Number("cursor", views[0].Time);
        var end = start + call.Number("pageSize", 20_000);
        var later = views.Find(one => one.Time >= end);
        return Page("metadata", views.Where(one => one.Time >= start && one.Time < end).Select(Image), later?.Time);
    }

    private static SimulatedAnswer Page(string name, IEnumerable<JsonNode> items, long? next) => SimulatedAnswer.Ok(next is null
        ? Json.Object((name, Json.Array(items)), ("hasMore", false))
        : Json.Object((name, Json.Array(items)), ("hasMore", true), ("nextCursor", next)));

    private JsonNode Action(Beacon one) => Json.Object(
        ("beaconType", "VIEW_CHANGE"), ("eventType", "st"), ("mobileAppId", source.Id), ("sessionId", one.Session), ("timestamp", one.Time),
        ("viewComponentClassName", one.Page));

    private static JsonNode Image(Beacon one) => Json.Object(
        ("id", one.Id), ("sessionId", one.Session), ("timestamp", one.Time), ("type", "image"), ("imageFormat", "png"), ("bytesIngestedImage", 68),
        ("imageData", "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="));
}
