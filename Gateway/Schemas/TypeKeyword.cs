using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary><c>type</c>. A number without a fraction is an integer however it is written.</summary>
internal sealed class TypeKeyword(JsonTypes allowed) : Keyword
{
    public override bool SaysAll => true;

    public static TypeKeyword? Read(SchemaSource source)
    {
        if (!source.Has("type", out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String)
            return new TypeKeyword(One(source, value.GetString()!));
        var allowed = JsonTypes.None;
        foreach (var name in source.Strings("type", "must be a type name or a list of them")!)
            allowed |= One(source, name);
        return allowed == JsonTypes.None ? throw source.Wrong("type", "must name at least one type") : new TypeKeyword(allowed);
    }

    public override bool Check(in JsonElement value, ref Validation run)
    {
        if ((allowed & Of(value)) != 0)
            return true;
        run.Report?.Add($"must be {Describe(allowed)}, got {Describe(Got(value))}");
        return false;
    }

    private JsonTypes Of(in JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonTypes.Object,
        JsonValueKind.Array => JsonTypes.Array,
        JsonValueKind.String => JsonTypes.String,
        JsonValueKind.True or JsonValueKind.False => JsonTypes.Boolean,
        JsonValueKind.Null => JsonTypes.Null,
        JsonValueKind.Number when (allowed & JsonTypes.Number) != 0 => JsonTypes.Number,
        JsonValueKind.Number when (allowed & JsonTypes.Integer) != 0 && JsonNumber.Of(value).IsInteger => JsonTypes.Integer,
        _ => JsonTypes.None,
    };

    private JsonTypes Got(in JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? (allowed & JsonTypes.Integer) != 0 ? JsonTypes.Fraction : JsonTypes.Number
        : Of(value);

    private static JsonTypes One(SchemaSource source, string name) => name switch
    {
        "object" => JsonTypes.Object,
        "array" => JsonTypes.Array,
        "string" => JsonTypes.String,
        "number" => JsonTypes.Number,
        "integer" => JsonTypes.Integer,
        "boolean" => JsonTypes.Boolean,
        "null" => JsonTypes.Null,
        _ => throw source.Wrong("type", "names no type; it must be object, array, string, number, integer, boolean or null"),
    };

    private static string Describe(JsonTypes types)
    {
        var names = new List<string>();
        foreach (var (type, name) in Names)
        {
            if ((types & type) != 0)
                names.Add(name);
        }
        return names.Count == 1 ? names[0] : $"{string.Join(", ", names.Take(names.Count - 1))} or {names[^1]}";
    }

    private static readonly (JsonTypes Type, string Name)[] Names =
    [
        (JsonTypes.Object, "an object"), (JsonTypes.Array, "an array"), (JsonTypes.String, "a string"), (JsonTypes.Number, "a number"),
        (JsonTypes.Integer, "an integer"), (JsonTypes.Boolean, "a boolean"), (JsonTypes.Fraction, "a number with a fraction"),
        (JsonTypes.Null, "null"),
    ];
}

/// <summary>The types of JSON Schema as a set.</summary>
[Flags]
internal enum JsonTypes
{
    None = 0,
    Object = 1,
    Array = 2,
    String = 4,
    Number = 8,
    Integer = 16,
    Boolean = 32,
    Null = 64,

    /// <summary>Not a type of its own: what a value is called that could have been an integer.</summary>
    Fraction = 128,
}
