using System.Globalization;
using System.Text.Json.Nodes;

namespace Granary.Simulator.Api;

/// <summary>A request that the contract allows.</summary>
internal sealed record ApiCall(IReadOnlyDictionary<string, string> Path, IQueryCollection Query, JsonNode? Json)
{
    /// <summary>The body as an object; empty where it is none.</summary>
    public JsonObject Object { get; } = Json as JsonObject ?? [];

    /// <summary>The only variable of the path.</summary>
    public string Id => Path.Values.First();

    public string? Text(string name) => Query.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;

    public long Number(string name, long absent) => long.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : absent;

    public bool Flag(string name) => Text(name) == "true";

    public IReadOnlyList<string> List(string name) => Query.TryGetValue(name, out var values) ? [.. values.OfType<string>()] : [];
}
