using System.Buffers;
using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary>Reads and checks the <c>x-mcp-header</c> annotations of an input schema (rule M13).</summary>
public static class McpHeaderParameters
{
    private const string Annotation = "x-mcp-header";

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // Values of other keywords are data: an annotation in a default or an example means nothing.
    private static readonly string[] SchemaKeywords =
    [
        "items", "contains", "additionalProperties", "propertyNames", "unevaluatedItems", "unevaluatedProperties", "not", "if", "then",
        "else", "contentSchema", "prefixItems", "allOf", "anyOf", "oneOf",
    ];

    private static readonly string[] SchemaMapKeywords = ["$defs", "definitions", "dependentSchemas", "patternProperties"];

    /// <summary>The annotated parameters in the schema's order; empty for most tools.</summary>
    /// <exception cref="JsonSchemaException">An annotation is not a token, not unique, on another type, or out of reach.</exception>
    public static IReadOnlyList<McpHeaderParameter> Read(JsonElement schema)
    {
        var found = new List<McpHeaderParameter>();
        Visit(schema, "#", [], found);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in found)
        {
            if (!names.Add(parameter.Name))
                throw Wrong(PointerOf(parameter.Path), "names a header that another parameter has; names differ by more than case");
        }
        return found;
    }

    // A null path: the place is not reached from the root by properties alone.
    private static void Visit(JsonElement schema, string pointer, string[]? path, List<McpHeaderParameter> found)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            return;
        foreach (var keyword in schema.EnumerateObject())
        {
            var at = $"{pointer}/{JsonPointer.Escape(keyword.Name)}";
            if (keyword.Name == Annotation)
                found.Add(Parameter(schema, keyword.Value, pointer, path));
            else if (keyword.Name == "properties")
                VisitAll(keyword.Value, at, path, found);
            else if (SchemaMapKeywords.Contains(keyword.Name))
                VisitAll(keyword.Value, at, null, found);
            else if (SchemaKeywords.Contains(keyword.Name) && keyword.Value.ValueKind == JsonValueKind.Array)
                VisitList(keyword.Value, at, found);
            else if (SchemaKeywords.Contains(keyword.Name))
                Visit(keyword.Value, at, null, found);
        }
    }

    private static void VisitAll(JsonElement map, string pointer, string[]? path, List<McpHeaderParameter> found)
    {
        if (map.ValueKind != JsonValueKind.Object)
            return;
        foreach (var entry in map.EnumerateObject())
            Visit(entry.Value, $"{pointer}/{JsonPointer.Escape(entry.Name)}", path is null ? null : [.. path, entry.Name], found);
    }

    private static void VisitList(JsonElement list, string pointer, List<McpHeaderParameter> found)
    {
        var index = 0;
        foreach (var item in list.EnumerateArray())
            Visit(item, $"{pointer}/{index++}", null, found);
    }

    private static McpHeaderParameter Parameter(JsonElement schema, JsonElement name, string pointer, string[]? path)
    {
        if (path is not { Length: > 0 })
            throw Wrong(pointer, "must stand on a property that is reached from the root through properties alone");
        if (name.ValueKind != JsonValueKind.String || name.GetString() is not { Length: > 0 } text || text.AsSpan().ContainsAnyExcept(TokenCharacters))
            throw Wrong(pointer, "must be a non-empty string of the characters of an HTTP field name: letters, digits and !#$%&'*+-.^_`|~");
        return new McpHeaderParameter(text, path, Type(schema, pointer));
    }

    private static McpHeaderParameterType Type(JsonElement schema, string pointer)
    {
        var types = !schema.TryGetProperty("type", out var type) ? []
            : type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().ToArray() : [type];
        var names = types.Select(t => t.ValueKind == JsonValueKind.String ? t.GetString() : null).Where(t => t != "null").ToArray();
        return names is not [{ } one] ? throw WrongType(pointer) : one switch
        {
            "string" => McpHeaderParameterType.String,
            "integer" => McpHeaderParameterType.Integer,
            "boolean" => McpHeaderParameterType.Boolean,
            _ => throw WrongType(pointer),
        };
    }

    private static JsonSchemaException WrongType(string pointer) =>
        Wrong(pointer, "must stand on a property of type string, integer or boolean, or one of them and null");

    private static JsonSchemaException Wrong(string pointer, string problem) => new($"{pointer}/{Annotation}", problem);

    private static string PointerOf(IReadOnlyList<string> path) => "#" + string.Concat(path.Select(p => $"/properties/{JsonPointer.Escape(p)}"));
}
