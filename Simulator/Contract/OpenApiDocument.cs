using System.Text.Json;

namespace Granary.Simulator.Contract;

/// <summary>
/// Reads the vendor's document, and an overlay for what is newer: an object with <c>paths</c> (and <c>components.schemas</c>) in the same form,
/// whose entries are added or take the place of the document's.
/// </summary>
internal sealed class OpenApiDocument
{
    private static readonly string[] Methods = ["get", "post", "put", "delete", "patch"];

    private readonly Dictionary<string, JsonElement> _schemas = [];
    private readonly Dictionary<string, JsonElement> _paths = [];

    public OpenApiDocument(params IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = document.RootElement.Clone();
            foreach (var path in root.GetProperty("paths").EnumerateObject())
                _paths[path.Name] = path.Value;
            if (root.TryGetProperty("components", out var components) && components.TryGetProperty("schemas", out var schemas))
            {
                foreach (var schema in schemas.EnumerateObject())
                    _schemas[schema.Name] = schema.Value;
            }
        }
    }

    public ApiContract Read() => new(_paths.SelectMany(path => Methods
        .Where(method => path.Value.TryGetProperty(method, out _))
        .Select(method => Route(path.Key, path.Value, method))));

    private ApiRoute Route(string template, JsonElement path, string method)
    {
        var operation = path.GetProperty(method);
        List<JsonElement> parameters = [.. Parameters(path), .. Parameters(operation)];
        return new ApiRoute(method.ToUpperInvariant(), template)
        {
            Query = [.. In(parameters, "query")],
            PathTypes = [.. In(parameters, "path")],
            Body = operation.TryGetProperty("requestBody", out var body) ? Body(body, operation) : null,
            Produces = Produces(operation),
        };
    }

    private static JsonElement.ArrayEnumerator Parameters(JsonElement holder) =>
        holder.TryGetProperty("parameters", out var list) ? list.EnumerateArray() : default;

    private IEnumerable<ApiParameter> In(IEnumerable<JsonElement> parameters, string place) =>
        parameters.Where(parameter => parameter.GetProperty("in").GetString() == place).Select(Parameter);

    private ApiParameter Parameter(JsonElement parameter)
    {
        var schema = parameter.TryGetProperty("schema", out var given) ? Resolve(given) : default;
        var isList = Text(schema, "type") == "array";
        var item = isList ? Resolve(schema.GetProperty("items")) : schema;
        var type = Text(item, "type") switch { "integer" => "int", "number" => "num", "boolean" => "bool", _ => "text" };
        return new ApiParameter(parameter.GetProperty("name").GetString()!, type, parameter.TryGetProperty("required", out var required)
            && required.GetBoolean(), isList)
        {
            Choices = item.ValueKind == JsonValueKind.Object && item.TryGetProperty("enum", out var choices)
                ? [.. choices.EnumerateArray().Select(choice => choice.ToString())] : [],
        };
    }

    private ContractBody? Body(JsonElement body, JsonElement operation)
    {
        var content = body.GetProperty("content").EnumerateObject().First();
        var schema = content.Value.TryGetProperty("schema", out var given) ? Resolve(given) : default;
        if (content.Name != "application/json" || schema.ValueKind != JsonValueKind.Object || Text(schema, "type") == "string")
            return new ContractBody(content.Name, false, _ => []);
        var check = new SchemaCheck(Resolve);
        return new ContractBody(content.Name, true, node => check.Problems(node, schema, isNew: true))
        {
            BadStatus = operation.GetProperty("responses").TryGetProperty("422", out _) ? 422 : 400,
        };
    }

    private static string[] Produces(JsonElement operation)
    {
        string[] types = [.. operation.GetProperty("responses").EnumerateObject()
            .Where(response => response.Name.StartsWith('2') && response.Value.TryGetProperty("content", out _))
            .SelectMany(response => response.Value.GetProperty("content").EnumerateObject().Select(type => type.Name))
            .Distinct()];
        return types.Length == 0 ? ["application/json"] : types;
    }

    private JsonElement Resolve(JsonElement schema)
    {
        while (schema.TryGetProperty("$ref", out var reference))
            schema = _schemas[reference.GetString()!.Split('/')[^1]];
        return schema;
    }

    private static string? Text(JsonElement of, string member) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
