using System.Text;
using System.Text.Json;

namespace Granary.Gateway.Tests.Tools;

/// <summary>
/// What every provider's converter of tool definitions takes. It judges one entry of <c>tools/list</c> and says all that is wrong with it.
/// </summary>
internal static class ToolListLint
{
    private const int MaxNameLength = 40;
    private const int MaxBytes = 4096;

    private static readonly string[] Hints = ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"];

    private static readonly string[] Combinators =
    [
        "anyOf", "oneOf", "allOf", "not", "if", "then", "else", "dependentSchemas", "$ref", "$dynamicRef",
    ];

    public static List<string> Problems(JsonElement tool)
    {
        var problems = new List<string>();
        var name = tool.GetProperty("name").GetString()!;
        if (name.Length > MaxNameLength)
            problems.Add($"the name has {name.Length} characters, more than {MaxNameLength}");
        var bytes = Encoding.UTF8.GetByteCount(tool.GetRawText());
        if (bytes > MaxBytes)
            problems.Add($"the definition has {bytes} bytes, more than {MaxBytes}");
        foreach (var hint in Hints)
        {
            if (!tool.TryGetProperty("annotations", out var hints) || !hints.TryGetProperty(hint, out var value)
                || value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                problems.Add($"{hint} is missing");
        }
        Root(problems, tool.GetProperty("inputSchema"), "inputSchema");
        if (tool.TryGetProperty("outputSchema", out var output))
            Root(problems, output, "outputSchema");
        return problems;
    }

    private static void Root(List<string> problems, JsonElement schema, string path)
    {
        if (!HasType(schema, "object"))
            problems.Add($"{path}: the root is not of type object");
        foreach (var combinator in Combinators)
        {
            if (schema.TryGetProperty(combinator, out _))
                problems.Add($"{path}: {combinator} at the root");
        }
        Walk(problems, schema, path);
    }

    private static void Walk(List<string> problems, JsonElement schema, string path)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            return;
        if (schema.TryGetProperty("type", out var type) && type.ValueKind != JsonValueKind.String)
            problems.Add($"{path}: type is not one name");
        if (schema.TryGetProperty("enum", out var values) && !(HasType(schema, "string") && values.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String)))
            problems.Add($"{path}: an enum of something else than strings");
        if (HasType(schema, "array") && !(schema.TryGetProperty("items", out var list) && list.ValueKind == JsonValueKind.Object))
            problems.Add($"{path}: an array without items");
        foreach (var keyword in (ReadOnlySpan<string>)["properties", "patternProperties", "$defs", "definitions"])
        {
            if (!schema.TryGetProperty(keyword, out var map))
                continue;
            foreach (var property in map.EnumerateObject())
            {
                Typed(problems, property.Value, $"{path}.{property.Name}");
                Walk(problems, property.Value, $"{path}.{property.Name}");
            }
        }
        foreach (var keyword in (ReadOnlySpan<string>)["items", "additionalProperties", "contains", "propertyNames", "not", "if", "then", "else"])
        {
            if (schema.TryGetProperty(keyword, out var inner))
                Walk(problems, inner, $"{path}.{keyword}");
        }
        foreach (var keyword in (ReadOnlySpan<string>)["anyOf", "oneOf", "allOf", "prefixItems"])
        {
            if (!schema.TryGetProperty(keyword, out var choices))
                continue;
            foreach (var choice in choices.EnumerateArray())
                Walk(problems, choice, $"{path}.{keyword}");
        }
    }

    private static void Typed(List<string> problems, JsonElement schema, string path)
    {
        if (schema.ValueKind != JsonValueKind.Object || !(schema.TryGetProperty("type", out _) || schema.TryGetProperty("anyOf", out _) || schema.TryGetProperty("$ref", out _)))
            problems.Add($"{path}: a property without a type");
    }

    private static bool HasType(JsonElement schema, string name) =>
        schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals(name);
}
