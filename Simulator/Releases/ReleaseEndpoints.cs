using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.Config;
using Granary.Simulator.World;

namespace Granary.Simulator.Releases;

/// <summary>Releases: those of the world, which incidents follow, and those that clients write.</summary>
internal sealed class ReleaseEndpoints(SimulatedWorld world)
{
    private const string Root = "/api/releases";
    private const long Day = 86_400_000;

    private readonly ConfigStore _written = new(new ConfigFamily(Root, "Release", "rel-w"));
    private readonly HashSet<string> _deleted = [];

    public void Register(ApiHandlers on)
    {
        on.On($"GET {Root}", List);
        on.On($"GET {Root}/{{}}", call => Find(call.Id) is { } one ? SimulatedAnswer.Ok(one) : SimulatedAnswer.NotFound("Release", call.Id));
        on.On($"POST {Root}", call => Problem(call) ?? SimulatedAnswer.Ok(Show(_written.Create(Scoped(call.Object), world.Now))));
        on.On($"PUT {Root}/{{}}", call => Find(call.Id) is null ? SimulatedAnswer.NotFound("Release", call.Id) : Problem(call)
            ?? SimulatedAnswer.Ok(Show(_written.Change(call.Id, Scoped(call.Object), world.Now, "UPDATE"))));
        on.On($"DELETE {Root}/{{}}", Delete);
    }

    private SimulatedAnswer List(ApiCall call)
    {
        var to = call.Number("to", world.Now);
        var from = call.Number("from", to - Day);
        var changed = _written.Current.Select(one => one.Body.Text("id")!).ToHashSet();
        var all = world.Events.Releases(from, Math.Min(to, world.Now)).Where(one => !changed.Contains(one.Id) && !IsDeleted(one.Id)).Select(Show)
            .Concat(_written.Current.Select(Show).Where(one => one.Number("start") >= from && one.Number("start") <= to))
            .OrderByDescending(one => one.Number("start"))
            .Take((int)call.Number("maxResults", 1000));
        return SimulatedAnswer.Ok(Json.Array(all));
    }

    private bool IsDeleted(string id)
    {
        lock (_deleted)
            return _deleted.Contains(id);
    }

    private JsonObject? Find(string id)
    {
        if (_written.Find(id) is { } written)
            return Show(written);
        return !IsDeleted(id) && world.Events.FindRelease(id, world.Now) is { } release ? Show(release) : null;
    }

    private SimulatedAnswer Delete(ApiCall call)
    {
        if (Find(call.Id) is null)
            return SimulatedAnswer.NotFound("Release", call.Id);
        if (_written.Find(call.Id) is { } one)
            _written.Change(call.Id, one.Body, world.Now, "DELETE");
        lock (_deleted)
            _deleted.Add(call.Id);
        return SimulatedAnswer.Ok(new JsonObject());
    }

    private static SimulatedAnswer? Problem(ApiCall call) => string.IsNullOrWhiteSpace(call.Json.Text("name")) ? SimulatedAnswer.Error(400, "name must not be empty") : null;

    private JsonObject Show(Release release)
    {
        var service = world.Topology.Service(release.ServiceId)!;
        var application = world.Topology.ApplicationsOf(service.Id).First();
        return Json.Object(
            ("id", release.Id), ("name", release.Name), ("start", release.Start), ("lastUpdated", release.Start),
            ("applications", Json.Array(Named(application.Id, application.Label))),
            ("services", Json.Array(Json.Object(("id", service.Id), ("name", service.Name),
                ("scopedTo", Json.Object(("applications", Json.Array(Named(application.Id, application.Label)))))))), ("scopes", new JsonArray()));
    }

    private static JsonObject Show(ConfigVersion version)
    {
        var shown = version.Body.DeepClone().AsObject();
        shown["lastUpdated"] = version.Created;
        return shown;
    }

    /// <summary>What is named gets its id.</summary>
    private JsonObject Scoped(JsonObject body) => Json.Object(
        ("name", body.Text("name")), ("start", body.Number("start")),
        ("applications", Json.Array(body.Items("applications")
            .Select(one => (JsonNode)Named(world.Topology.Applications.FirstOrDefault(known => known.Label == one.Text("name"))?.Id ?? "unknown",
            one.Text("name")!)))),
        ("services", Json.Array(body.Items("services").Select(one => (JsonNode)Json.Object(
            ("id", world.Topology.Services.FirstOrDefault(known => known.Name == one.Text("name"))?.Id ?? "unknown"), ("name", one.Text("name")),
            ("scopedTo", Json.Object(("applications", Json.Array(((one as JsonObject)?["scopedTo"]).Items("applications")
                .Select(of => (JsonNode)Named(world.Topology.Applications.FirstOrDefault(known => known.Label == of.Text("name"))?.Id ?? "unknown",
                of.Text("name")!)))))))))),
        ("scopes", new JsonArray()));

    private static JsonObject Named(string id, string name) => Json.Object(("id", id), ("name", name));
}
