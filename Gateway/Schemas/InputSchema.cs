using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Gateway.Schemas;

/// <summary>
/// The schema of what a client sends. It is stricter than what is published, because a name that is not known is refused instead of dropped;
/// and more lenient, because a value whose form is wrong but whose meaning is beyond doubt is taken (<see cref="InputRepair"/>).
/// </summary>
internal sealed class InputSchema
{
    /// <summary>Keywords of a root that decide about further names themselves.</summary>
    private static readonly string[] OpenEnded =
    [
        "additionalProperties", "patternProperties", "unevaluatedProperties", "propertyNames", "allOf", "anyOf", "oneOf", "not", "if", "$ref", "$dynamicRef",
        "dependentSchemas",
    ];

    private readonly JsonSchema _schema;
    private readonly InputRepair _repair;

    /// <summary>Compiles it.</summary>
    /// <param name="schema">As it is published.</param>
    /// <param name="takesAny">Properties that take any value, whatever their schema says; it is then advice.</param>
    /// <exception cref="JsonSchemaException">The schema is wrong.</exception>
    public InputSchema(JsonElement schema, IReadOnlyList<string>? takesAny = null)
    {
        var closed = Close(schema, takesAny ?? []);
        _schema = JsonSchema.Compile(closed);
        _repair = new InputRepair(closed);
    }

    /// <summary>Parses and compiles it.</summary>
    public static InputSchema Parse(string schema)
    {
        using var document = JsonDocument.Parse(schema);
        return new InputSchema(document.RootElement);
    }

    /// <summary>What is wrong with a value; where nothing is, <paramref name="taken"/> is what it represents.</summary>
    /// <param name="given">As the client sent it.</param>
    /// <param name="taken">The value itself, or a repaired copy.</param>
    /// <param name="name">What the value itself is called in a sentence.</param>
    public IReadOnlyList<SchemaProblem> Read(JsonElement given, out JsonElement taken, string name = "arguments")
    {
        taken = given;
        // What is right as it is, and nearly everything is, costs one walk and no memory.
        if (_schema.IsValid(given))
            return [];
        if (_repair.TryRepair(given, out var repaired))
            taken = repaired;
        return _schema.Validate(taken, name);
    }

    private static JsonElement Close(JsonElement schema, IReadOnlyList<string> takesAny)
    {
        if (schema.ValueKind != JsonValueKind.Object || JsonObject.Create(schema) is not { } root)
            return schema;
        if (!Array.Exists(OpenEnded, root.ContainsKey))
            root["additionalProperties"] = false;
        foreach (var name in takesAny)
            root["properties"]![name] = true;
        return JsonSerializer.SerializeToElement(root, SchemaJson.Default.JsonObject);
    }
}
