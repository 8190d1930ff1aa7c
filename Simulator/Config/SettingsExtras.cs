using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.World;

namespace Granary.Simulator.Config;

/// <summary>What settings have besides reading and writing one of them.</summary>
internal sealed class SettingsExtras(IReadOnlyDictionary<string, ConfigEndpoints> families, SimulatedWorld world)
{
    public void Register(ApiHandlers on)
    {
        const string Settings = "/api/application-monitoring/settings";
        on.On($"PUT {Settings}/service/order", call => call.Json!.AsArray().Any(id => !Store(Settings + "/service").Has(id!.ToString()))
            ? SimulatedAnswer.Error(400, "Provided config is not found") : SimulatedAnswer.Nothing);
        on.On($"PUT {Settings}/service", call => SimulatedAnswer.Ok(call.Json!.DeepClone()));
        on.On($"PUT {Settings}/manual-service", call => SimulatedAnswer.Ok(call.Json!.DeepClone()));
        on.On("PUT /api/settings/v2/maintenance/{}/pause", call => Pause(call, true));
        on.On("PUT /api/settings/v2/maintenance/{}/resume", call => Pause(call, false));
        on.On("GET /api/custom-dashboard/shareable-users", _ => SimulatedAnswer.Ok(Json.Array(
            Json.Object(("id", "u-1"), ("email", "ada@shop.example"), ("fullName", "Ada Example")),
            Json.Object(("id", "u-2"), ("email", "bob@shop.example"), ("fullName", "Bob Example")))));
        on.On("GET /api/custom-dashboard/shareable-api-tokens", _ => SimulatedAnswer.Ok(Json.Array(Json.Object(("id", "tok-1"), ("name", "granary")))));
        on.On("GET /api/settings/slo/tags", _ =>
            SimulatedAnswer.Ok(Json.Texts(Store("/api/settings/slo").Current.SelectMany(one => one.Body.Items("tags"))
            .Select(tag => tag.ToString()).Distinct().Order(StringComparer.Ordinal))));
        on.On("GET /api/events/settings/alertingChannels/infos", _ =>
            SimulatedAnswer.Ok(Json.Array(Json.Object(("id", "ch-1"), ("name", "Ops mail"), ("kind", "EMAIL"), ("properties", new JsonObject()),
            ("rbacTags", new JsonArray())))));
        on.On("GET /api/events/settings/event-specifications/infos", _ => SimulatedAnswer.Ok(Specifications()));
    }

    private ConfigStore Store(string path) => families[path].Store;

    private SimulatedAnswer Pause(ApiCall call, bool paused)
    {
        var store = Store("/api/settings/v2/maintenance");
        if (store.Find(call.Id) is not { } old)
            return SimulatedAnswer.NotFound("Maintenance config", call.Id);
        var body = old.Body.DeepClone().AsObject();
        body["paused"] = paused;
        store.Change(call.Id, body, world.Now, "UPDATE");
        return SimulatedAnswer.Ok(families["/api/settings/v2/maintenance"].Show(store.Find(call.Id)!));
    }

    private static JsonArray Specifications() => Json.Array(
        Specification("spec-erroneous-calls", "Sudden increase in the number of erroneous calls", "service", 10),
        Specification("spec-cpu-steal", "CPU steal time is high", "host", 5),
        Specification("spec-filesystem-used", "Disk is almost full", "host", 5), Specification("spec-memory-free", "Memory is exhausted", "host", 5));

    private static JsonObject Specification(string id, string name, string type, int severity) => Json.Object(
        ("id", id), ("name", name), ("description", name), ("entityType", type), ("type", "BUILT_IN"), ("severity", severity),
        ("triggering", severity == 10), ("invalid", false), ("enabled", true),
        ("migrated", false));
}
