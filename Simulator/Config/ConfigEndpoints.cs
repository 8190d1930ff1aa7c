using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.Query;
using Granary.Simulator.World;

namespace Granary.Simulator.Config;

/// <summary>Reads and writes of one family of configurations.</summary>
internal sealed class ConfigEndpoints(ConfigFamily family, SimulatedWorld world)
{
    /// <summary>What the backend keeps itself; an update that differs in nothing else changes nothing.</summary>
    private static readonly string[] Own = ["id", "created", "initialCreated", "enabled", "lastUpdated", "createdDate", "modifiedAt", "createdAt",
        "readOnly", "version"];

    public ConfigStore Store { get; } = new(family);

    public void Register(ApiHandlers on)
    {
        var one = family.Path + "/{}";
        on.On($"GET {family.Path}", List);
        on.On($"GET {one}", call => Version(call) is { } version ? SimulatedAnswer.Ok(Show(version)) : Missing(call));
        if (family.IsCreatedByPost)
            on.On($"POST {family.Path}", call => family.Check(call.Object) is { } problem ? SimulatedAnswer.Error(problem.Status, problem.Problem)
                : new SimulatedAnswer(family.CreateStatus, Show(Store.Create(call.Object, world.Now))));
        on.On($"{family.UpdateMethod} {one}", Update);
        on.On($"DELETE {one}", Delete);
        if (!family.IsSmartAlert)
            return;
        on.On($"GET {one}/versions", Versions);
        on.On($"PUT {one}/enable", call => Switch(call, "ENABLE"));
        on.On($"PUT {one}/disable", call => Switch(call, "DISABLE"));
        on.On($"PUT {family.Path}/bulk/enable", call => SwitchAll(call, "ENABLE"));
        on.On($"PUT {family.Path}/bulk/disable", call => SwitchAll(call, "DISABLE"));
        on.On($"PUT {one}/restore/{{}}", Restore);
        on.On($"POST {one}/update-baseline", call => Store.Has(call.Id) ? SimulatedAnswer.Nothing : Missing(call));
    }

    private SimulatedAnswer List(ApiCall call)
    {
        var all = Store.Current.Where(version => Wants(call, version.Body)).Select(Show).Select(family.Summary ?? (one => one)).ToList<JsonNode>();
        var page = ResultPages.Numbered(all, call, 10_000);
        return SimulatedAnswer.Ok(family.IsPaged || call.Flag("withTotalHits") ? page : Json.Array(page.Items("items").Select(one => one.DeepClone())));
    }

    private bool Wants(ApiCall call, JsonObject one)
    {
        if (family.Owner is { } owner && call.Text(owner.Query) is { } wanted && !one.ToJsonString().Contains($"\"{wanted}\"", StringComparison.Ordinal))
            return false;
        return (call.List("alertIds") is not { Count: > 0 } ids || ids.Contains(one.Text("id")))
            && (call.List("sloIds") is not { Count: > 0 } slos || slos.Contains(one.Text("id")))
            && (call.Text("query") is not { } text || (one.Text("name") ?? one.Text("title") ?? "").Contains(text, StringComparison.OrdinalIgnoreCase))
            && (call.List("tag") is not { Count: > 0 } tags || one.Items("tags").Any(tag => tags.Contains(tag.ToString())));
    }

    private ConfigVersion? Version(ApiCall call) => call.Number("validOn", 0) is var at and > 0
        ? Store.Versions(call.Id).LastOrDefault(version => version.Created <= at) is { IsDeleted: false } version ? version : null
        : Store.Find(call.Id);

    private SimulatedAnswer Update(ApiCall call)
    {
        if (family.Check(call.Object) is { } problem)
            return SimulatedAnswer.Error(problem.Status, problem.Problem);
        if (Store.Find(call.Id) is not { } old)
            return family.IsCreatedByPost ? Missing(call) : SimulatedAnswer.Ok(Show(Store.Change(call.Id, call.Object, world.Now, "CREATE")));
        // A body that carries the time of the version it was made from is held to it.
        if ((call.Json.Number("lastUpdated") ?? call.Json.Number("created") ?? call.Json.Number("validVersion")) is { } read && read != old.Created)
            return SimulatedAnswer.Error(409, $"{family.Name} {call.Id} was changed in the meantime: it is now of {old.Created.ToString(CultureInfo.InvariantCulture)}");
        if (family.IsSmartAlert && Bare(call.Object) == Bare(old.Body))
            return SimulatedAnswer.Nothing;
        return SimulatedAnswer.Ok(Show(Store.Change(call.Id, call.Object, world.Now, "UPDATE")));
    }

    private SimulatedAnswer Delete(ApiCall call)
    {
        if (Store.Find(call.Id) is not { } old)
            return Missing(call);
        Store.Change(call.Id, old.Body, world.Now, "DELETE");
        return new SimulatedAnswer(family.DeleteStatus, family.DeleteStatus == 204 ? null : new JsonObject());
    }

    private SimulatedAnswer Switch(ApiCall call, string change)
    {
        if (Store.Find(call.Id) is not { } old)
            return Missing(call);
        Store.Change(call.Id, old.Body, world.Now, change);
        return SimulatedAnswer.Nothing;
    }

    /// <summary>All or none: an id that is not known changes nothing.</summary>
    private SimulatedAnswer SwitchAll(ApiCall call, string change)
    {
        string[] ids = [.. call.Json!.AsArray().Select(id => id?.ToString() ?? "")];
        if (ids.Length == 0)
            return SimulatedAnswer.Error(400, "No config ids were provided");
        if (ids.FirstOrDefault(id => !Store.Has(id)) is { } unknown)
            return SimulatedAnswer.Error(400, $"Config with id: {unknown} is not found");
        foreach (var id in ids)
            Store.Change(id, Store.Find(id)!.Body, world.Now, change);
        return SimulatedAnswer.Nothing;
    }

    private SimulatedAnswer Restore(ApiCall call)
    {
        var (id, created) = (call.Path["id"], call.Path["created"]);
        if (Store.Versions(id).FirstOrDefault(version => version.Created.ToString(CultureInfo.InvariantCulture) == created) is not { } old)
            return SimulatedAnswer.Error(404, $"Version {created} of config with id: {id} is not found");
        Store.Change(id, old.Body, world.Now, "RESTORE");
        return SimulatedAnswer.Nothing;
    }

    private SimulatedAnswer Versions(ApiCall call)
    {
        var versions = Store.Versions(call.Id);
        return versions.Count == 0 ? Missing(call) : SimulatedAnswer.Ok(Json.Array(versions.Reverse().Select(version => (JsonNode)Json.Object(
            ("id", call.Id), ("created", version.Created), ("enabled", version.IsEnabled), ("deleted", version.IsDeleted),
            ("changeSummary", Json.Object(("changeType", version.Change), ("author", Json.Object(("id", "u-1"), ("type", "API")))))))));
    }

    /// <summary>A version as the backend answers it.</summary>
    public JsonObject Show(ConfigVersion version)
    {
        var shown = version.Body.DeepClone().AsObject();
        if (family.IsSmartAlert)
        {
            shown["created"] = version.Created;
            shown["initialCreated"] = Store.Versions(shown.Text("id")!)[0].Created;
            shown["enabled"] = version.IsEnabled;
            shown["readOnly"] = false;
        }
        return family.Show(shown, version.Created);
    }

    private static string Bare(JsonObject one)
    {
        var bare = one.DeepClone().AsObject();
        foreach (var name in Own)
            bare.Remove(name);
        return string.Join('\n', bare.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => $"{member.Key}={member.Value?.ToJsonString()}"));
    }

    private static SimulatedAnswer Missing(ApiCall call) => SimulatedAnswer.NotFound("Config", call.Id);
}
