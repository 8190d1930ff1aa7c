using System.Text.Json.Nodes;

namespace Granary.Simulator.Config;

/// <summary>A kind of configuration: where it is, what it is called, and what the world has of it from the start.</summary>
internal sealed record ConfigFamily(string Path, string Name, string IdPrefix)
{
    /// <summary>How a new version of one is sent: Smart Alerts take POST, the others PUT.</summary>
    public string UpdateMethod { get; init; } = "PUT";

    /// <summary>Whether new ones are sent to the collection; maintenance windows come with an id of the client's.</summary>
    public bool IsCreatedByPost { get; init; } = true;

    /// <summary>Whether it has versions, and can be enabled, disabled and restored.</summary>
    public bool IsSmartAlert { get; init; }

    /// <summary>The member that ties it to an entity, and the query parameter that asks by it.</summary>
    public (string Query, string Member)? Owner { get; init; }

    /// <summary>Whether the list is in pages (an object) or whole (an array).</summary>
    public bool IsPaged { get; init; }

    /// <summary>How one stands in the list, where that is shorter.</summary>
    public Func<JsonObject, JsonObject>? Summary { get; init; }

    /// <summary>What a delete answers.</summary>
    public int DeleteStatus { get; init; } = 204;

    /// <summary>What a create answers.</summary>
    public int CreateStatus { get; init; } = 200;

    public IReadOnlyList<JsonObject> Seeds { get; init; } = [];

    /// <summary>What is wrong with a body beyond its form, with a status; null for nothing.</summary>
    public Func<JsonObject, (int Status, string Problem)?> Check { get; init; } = _ => null;

    /// <summary>What the backend adds when it shows one.</summary>
    public Func<JsonObject, long, JsonObject> Show { get; init; } = (one, _) => one;
}
