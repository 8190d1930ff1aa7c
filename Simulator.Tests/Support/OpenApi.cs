using System.Text.Json;
using Granary.Testing;

namespace Granary.Simulator.Tests.Support;

/// <summary>A test that needs the vendor's API description, which is not ours to keep: it is beside the repository or named by GRANARY_SHARED.</summary>
public sealed class OpenApiFactAttribute : FactAttribute
{
    public OpenApiFactAttribute()
    {
        if (OpenApi.Path is null)
            Skip = "instana-openapi.json is not here; name its folder with GRANARY_SHARED.";
    }
}

/// <summary>Checks answers against the vendor's API description.</summary>
internal sealed class OpenApi
{
    private readonly JsonElement _root;

    private OpenApi(JsonElement root) => _root = root;

    public static string? Path { get; } = Find();

    /// <summary>What is newer than the document; it is ours.</summary>
    public static string Overlay { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "Contract", "overlay.json");

    public bool Has(string path) => _root.GetProperty("paths").TryGetProperty(path, out _);

    public static OpenApi Load(string? file = null)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file ?? Path!));
        return new OpenApi(document.RootElement.Clone());
    }

    /// <summary>Every operation: path and method.</summary>
    public IEnumerable<(string Path, string Method)> Operations => _root.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()
        .Where(member => member.Name is "get" or "post" or "put" or "delete" or "patch").Select(member => (path.Name, member.Name)));

    /// <summary>The schema of an answer; null where the document has none for it.</summary>
    public JsonElement? TryResponse(string path, string method, string status)
    {
        var responses = _root.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses");
        return responses.TryGetProperty(status, out var response) && response.TryGetProperty("content", out var content)
            && content.TryGetProperty("application/json", out var json) && json.TryGetProperty("schema", out var schema)
            ? schema
            : null;
    }

    public JsonElement Response(string path, string method, string status) =>
        _root.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses").GetProperty(status)
            .GetProperty("content").GetProperty("application/json").GetProperty("schema");

    /// <summary>Everything in which a value differs from its schema; properties that the schema does not know are differences too.</summary>
    public List<string> Differences(JsonElement value, JsonElement schema, string at = "$")
    {
        var found = new List<string>();
        Check(value, schema, at, found);
        return found;
    }

    private void Check(JsonElement value, JsonElement schema, string at, List<string> found)
    {
        schema = Resolve(schema);
        if (schema.TryGetProperty("oneOf", out var options))
        {
            if (!options.EnumerateArray().Any(option => Differences(value, option, at).Count == 0))
                found.Add($"{at}: none of the alternatives fits");
            return;
        }
        if (schema.TryGetProperty("discriminator", out var discriminator) && value.ValueKind == JsonValueKind.Object)
            schema = Chosen(value, schema, discriminator);
        var type = schema.TryGetProperty("type", out var named) ? named.GetString() : null;
        // An object of which nothing is said is anything: the document writes so for values of tags and of data.
        if (type == "object" && !schema.TryGetProperty("properties", out _) && !schema.TryGetProperty("allOf", out _)
            && !schema.TryGetProperty("additionalProperties", out _) && !schema.TryGetProperty("discriminator", out _))
            return;
        if (type == "array" && value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
                Check(item, schema.GetProperty("items"), at + "[]", found);
        }
        else if (type == "object" && value.ValueKind == JsonValueKind.Object)
        {
            CheckObject(value, schema, at, found);
        }
        else if (type is not null && type != Type(value) && !(type == "number" && Type(value) == "integer"))
        {
            found.Add($"{at}: {value.ValueKind} where the schema has {type}");
        }
        if (schema.TryGetProperty("enum", out var choices) && !choices.EnumerateArray().Any(choice => choice.ToString() == value.ToString()))
            found.Add($"{at}: {value} is not in the enum");
    }

    private void CheckObject(JsonElement value, JsonElement schema, string at, List<string> found)
    {
        var known = Properties(schema);
        if (known.Count == 0)
        {
            if (schema.TryGetProperty("additionalProperties", out var any) && any.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in value.EnumerateObject())
                    Check(property.Value, any, $"{at}.{property.Name}", found);
            }
            return;
        }
        foreach (var name in Required(schema).Where(name => !value.TryGetProperty(name, out _)))
            found.Add($"{at}.{name} is missing");
        foreach (var property in value.EnumerateObject())
        {
            // The documented form of these two is an object of objects; the real backend writes lists of plain values in them.
            if (property.Name is "probableCause" or "recentEvents" || (property.Name == "metrics" && known.ContainsKey("eventId")))
                known.ShouldContainKey(property.Name);
            // Null is what backends write for nothing.
            else if (property.Value.ValueKind == JsonValueKind.Null)
                continue;
            else if (known.TryGetValue(property.Name, out var inner))
                Check(property.Value, inner, $"{at}.{property.Name}", found);
            else
                found.Add($"{at}.{property.Name} is unknown");
        }
    }

    private JsonElement Chosen(JsonElement value, JsonElement schema, JsonElement discriminator) =>
        value.TryGetProperty(discriminator.GetProperty("propertyName").GetString()!, out var name)
        && discriminator.TryGetProperty("mapping", out var mapping) && mapping.TryGetProperty(name.GetString()!, out var reference)
            ? Resolve(Reference(reference.GetString()!))
            : schema;

    private HashSet<string> Required(JsonElement schema)
    {
        var all = new HashSet<string>();
        schema = Resolve(schema);
        if (schema.TryGetProperty("allOf", out var parts))
            all.UnionWith(parts.EnumerateArray().SelectMany(Required));
        if (schema.TryGetProperty("required", out var own))
            all.UnionWith(own.EnumerateArray().Select(name => name.GetString()!));
        return all;
    }

    private Dictionary<string, JsonElement> Properties(JsonElement schema)
    {
        var all = new Dictionary<string, JsonElement>();
        schema = Resolve(schema);
        if (schema.TryGetProperty("allOf", out var parts))
        {
            foreach (var part in parts.EnumerateArray().SelectMany(part => Properties(part)))
                all[part.Key] = part.Value;
        }
        if (schema.TryGetProperty("properties", out var own))
        {
            foreach (var property in own.EnumerateObject())
                all[property.Name] = property.Value;
        }
        return all;
    }

    private JsonElement Resolve(JsonElement schema) => schema.TryGetProperty("$ref", out var reference) ? Reference(reference.GetString()!) : schema;

    private JsonElement Reference(string reference) =>
        _root.GetProperty("components").GetProperty("schemas").GetProperty(reference[(reference.LastIndexOf('/') + 1)..]);

    private static string Type(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Array => "array",
        _ => "object",
    };

    private static string? Find() =>
        SharedFiles.Root is { } shared && System.IO.Path.Combine(shared, "specs", "instana-openapi.json") is var path && File.Exists(path) ? path : null;
}
