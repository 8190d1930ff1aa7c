using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.World;

namespace Granary.Simulator.Applications;

/// <summary>Writes applications, services and endpoints.</summary>
internal static class AppJson
{
    public static JsonObject Application(ShopApplication one) =>
        Json.Object(("id", one.Id), ("label", one.Label), ("boundaryScope", one.BoundaryScope), ("entityType", "APPLICATION"));

    public static JsonObject Service(ShopService one, bool withSnapshots = true) => Json.Object(
        ("id", one.Id), ("label", one.Name), ("types", Json.Texts(one.Type)), ("technologies", Json.Texts(one.Technology)),
        ("snapshotIds", withSnapshots ? Json.Texts("proc-" + one.Name) : []), ("entityType", "SERVICE"));

    public static JsonObject Endpoint(ShopEndpoint one) => Json.Object(
        ("id", one.Id), ("label", one.Label), ("type", one.Type), ("serviceId", one.ServiceId),
        // Real backends write null here now and then, and clients must live with it.
        ("technologies", one.Calls is null ? null : new JsonArray()), ("synthetic", false), ("syntheticType", "NON_SYNTHETIC"), ("entityType", "ENDPOINT"));
}
