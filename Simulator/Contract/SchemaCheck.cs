using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Simulator.Contract;

/// <summary>
/// Holds a value against a schema of OpenAPI 3.0, in the words of the backend's own validation. It is as lenient as the backend: numbers may
/// come as text, null counts as left out, <c>TagFilterExpression</c> is <c>tagFilterExpression</c>, and members that a schema does not know pass.
/// </summary>
internal sealed class SchemaCheck(Func<JsonElement, JsonElement> resolve)
{
    public IReadOnlyList<string> Problems(JsonNode? value, JsonElement schema, bool isNew)
    {
        var problems = new List<string>();
        Check(value, resolve(schema), "", isNew, problems);
        return problems;
    }

    private void Check(JsonNode? value, JsonElement schema, string at, bool isNew, List<string> problems)
    {
        schema = Chosen(value, schema);
        var name = at.Length == 0 ? "body" : at;
        switch (Type(schema))
        {
            case "object" when value is JsonObject members:
                CheckMembers(members, schema, at, isNew, problems);
                break;
            case "array" when value is JsonArray items:
                CheckItems(items, schema, name, problems);
                break;
            case "object" or "array":
                problems.Add($"{name} must be {(Type(schema) == "array" ? "an array" : "an object")}");
                break;
            case { } type when value is JsonValue scalar:
                CheckScalar(scalar, type, schema, name, problems);
                break;
            case { } type:
                problems.Add($"{name} must be of type {type}");
                break;
        }
    }

    private void CheckMembers(JsonObject members, JsonElement schema, string at, bool isNew, List<string> problems)
    {
        var (known, required) = (new Dictionary<string, JsonElement>(), new HashSet<string>());
        Collect(schema, known, required);
        foreach (var name in required)
        {
            // The backend gives new things their ids, whatever the document says.
            if (Member(members, name) is null && !(isNew && name == "id" && at.Length == 0))
                problems.Add($"{Join(at, name)} must not be null");
        }
        foreach (var (name, schemaOfMember) in known)
        {
            if (Member(members, name) is { } value)
                Check(value, resolve(schemaOfMember), Join(at, name), false, problems);
        }
        if (known.Count == 0 && schema.TryGetProperty("additionalProperties", out var any) && any.ValueKind == JsonValueKind.Object)
        {
            foreach (var (name, value) in members)
                Check(value, resolve(any), Join(at, name), false, problems);
        }
    }

    private void CheckItems(JsonArray items, JsonElement schema, string name, List<string> problems)
    {
        if (Number(schema, "minItems") is { } least && items.Count < least)
            problems.Add($"{name} size must be at least {least}");
        if (Number(schema, "maxItems") is { } most && items.Count > most)
            problems.Add($"{name} size must be at most {most}");
        if (!schema.TryGetProperty("items", out var inner))
            return;
        for (var i = 0; i < items.Count; i++)
            Check(items[i], resolve(inner), $"{name}[{i}]", false, problems);
    }

    private static void CheckScalar(JsonValue value, string type, JsonElement schema, string name, List<string> problems)
    {
        var text = value.ToString();
        var number = double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var parsed) ? parsed : (double?)null;
        var kind = value.GetValueKind();
        var fits = type switch
        {
            "integer" => number is { } whole && double.Truncate(whole) == whole,
            "number" => number is not null,
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            "string" => kind == JsonValueKind.String || number is not null,
            _ => true,
        };
        if (!fits)
            problems.Add($"{name} must be of type {type}");
        else if (schema.TryGetProperty("enum", out var choices) && !choices.EnumerateArray().Any(choice => choice.ToString() == text))
            problems.Add($"{name} must be one of {string.Join(", ", choices.EnumerateArray())}");
        else if (Number(schema, "minimum") is { } least && number < least)
            problems.Add($"{name} must be greater than or equal to {least}");
        else if (Number(schema, "maximum") is { } most && number > most)
            problems.Add($"{name} must be less than or equal to {most}");
        else if (type == "string" && Number(schema, "minLength") is { } shortest && text.Length < shortest)
            problems.Add($"{name} length must be at least {shortest}");
        else if (type == "string" && Number(schema, "maxLength") is { } longest && text.Length > longest)
            problems.Add($"{name} length must be at most {longest}");
    }

    /// <summary>The schema that a discriminator picks; the schema itself where there is none or the value names none.</summary>
    private JsonElement Chosen(JsonNode? value, JsonElement schema)
    {
        if (!schema.TryGetProperty("discriminator", out var discriminator) || value is not JsonObject members)
            return schema;
        var name = discriminator.GetProperty("propertyName").GetString()!;
        if (members[name]?.ToString() is not { } chosen || !discriminator.TryGetProperty("mapping", out var mapping)
            || !mapping.TryGetProperty(chosen, out var reference))
            return schema;
        using var pointer = JsonDocument.Parse($$"""{"$ref":"{{reference.GetString()}}"}""");
        return resolve(pointer.RootElement);
    }

    private void Collect(JsonElement schema, Dictionary<string, JsonElement> known, HashSet<string> required)
    {
        if (schema.TryGetProperty("allOf", out var parts))
        {
            foreach (var part in parts.EnumerateArray())
                Collect(resolve(part), known, required);
        }
        if (schema.TryGetProperty("properties", out var own))
        {
            foreach (var property in own.EnumerateObject())
                known[property.Name] = property.Value;
        }
        if (schema.TryGetProperty("required", out var names))
            required.UnionWith(names.EnumerateArray().Select(name => name.GetString()!));
    }

    private static JsonNode? Member(JsonObject members, string name) =>
        members[name] ?? (name == "tagFilterExpression" ? members["TagFilterExpression"] : name == "groupbyTag" ? members["groupByTag"] : null);

    private static string? Type(JsonElement schema) =>
        schema.TryGetProperty("type", out var type) ? type.GetString() : schema.TryGetProperty("properties", out _) || schema.TryGetProperty("allOf", out _)
            ? "object" : null;

    private static double? Number(JsonElement schema, string member) =>
        schema.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static string Join(string at, string name) => at.Length == 0 ? name : $"{at}.{name}";
}
