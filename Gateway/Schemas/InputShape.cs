using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary>What a schema says about the form of a value, as far as a wrong form can be repaired: types, properties and items.</summary>
internal sealed class InputShape
{
    private const JsonTypes AnyType =
        JsonTypes.Object | JsonTypes.Array | JsonTypes.String | JsonTypes.Number | JsonTypes.Integer | JsonTypes.Boolean | JsonTypes.Null;

    private const int MaxDepth = 16;

    /// <summary>A value about which nothing is said.</summary>
    public static InputShape Any { get; } = new();

    public JsonTypes Types { get; private init; } = AnyType;

    public IReadOnlyDictionary<string, InputShape> Properties { get; private init; } = new Dictionary<string, InputShape>();

    public IReadOnlySet<string> Required { get; private init; } = new HashSet<string>();

    public InputShape? Items { get; private init; }

    /// <summary>Reads it off a schema. References and conditions are not followed: what they say is open to doubt here.</summary>
    public static InputShape Of(JsonElement schema, int depth = 0)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth >= MaxDepth)
            return Any;
        if (Member(schema, "anyOf", JsonValueKind.Array) is { } choices && !schema.TryGetProperty("type", out _))
            return OfChoices([.. choices.EnumerateArray().Select(c => Of(c, depth + 1))]);
        return new InputShape
        {
            Types = TypesOf(schema),
            Properties = Member(schema, "properties", JsonValueKind.Object) is { } properties
                ? properties.EnumerateObject().DistinctBy(p => p.Name).ToDictionary(p => p.Name, p => Of(p.Value, depth + 1), StringComparer.Ordinal)
                : Any.Properties,
            Required = Member(schema, "required", JsonValueKind.Array) is { } required
                ? required.EnumerateArray().Where(r => r.ValueKind == JsonValueKind.String).Select(r => r.GetString()!).ToHashSet(StringComparer.Ordinal)
                : Any.Required,
            Items = Member(schema, "items", JsonValueKind.Object) is { } items ? Of(items, depth + 1) : null,
        };
    }

    /// <summary>One of several: their types together, and what is inside where only one of them has an inside.</summary>
    private static InputShape OfChoices(IReadOnlyList<InputShape> choices)
    {
        var inner = choices.Where(c => c.Properties.Count > 0 || c.Items is not null).ToList();
        var only = inner.Count == 1 ? inner[0] : Any;
        return new InputShape
        {
            Types = choices.Aggregate(JsonTypes.None, (types, choice) => types | choice.Types),
            Properties = only.Properties,
            Required = only.Required,
            Items = only.Items,
        };
    }

    private static JsonTypes TypesOf(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type))
            return AnyType;
        if (type.ValueKind == JsonValueKind.String)
            return TypeOf(type);
        return type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Aggregate(JsonTypes.None, (all, one) => all | TypeOf(one)) : AnyType;
    }

    private static JsonTypes TypeOf(JsonElement name) =>
        name.ValueKind == JsonValueKind.String && Enum.TryParse<JsonTypes>(name.GetString(), ignoreCase: true, out var type) ? type : AnyType;

    private static JsonElement? Member(JsonElement schema, string name, JsonValueKind kind) =>
        schema.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : null;
}
