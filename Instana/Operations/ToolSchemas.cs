using System.Text.Json.Nodes;
using Granary.Instana.Params;

namespace Granary.Instana.Operations;

/// <summary>Writes the schemas that follow from a tool's rows. Every provider's subset of JSON Schema takes them: one type each, enums of strings.</summary>
internal static class ToolSchemas
{
    /// <summary>The envelope of every answer; a failure has the second half of it. Nothing is required: clients refuse an answer that lacks what is.</summary>
    public const string Output =
        """
        {"type":"object","properties":{"operation":{"type":"string"},"resource_type":{"type":"string"},"results":{"type":"object"},"window":{"type":"object"},"warnings":{"type":"array","items":{"type":"string"}},"next_cursor":{"type":"string"},"hint":{"type":"string"},"error":{"type":"string"},"message":{"type":"string"},"reason":{"type":"string"},"elicitation_needed":{"type":"boolean"}}}
        """;

    /// <summary>The tool's arguments. What each operation takes is in <c>describe</c>: a list of tools is paid for in every session.</summary>
    public static string Input(InstanaToolDefinition tool)
    {
        if (tool.IsFlat)
            return Of(tool.Operations[0]).ToJsonString(AnswerEnvelope.Compact);
        var properties = new JsonObject();
        if (tool.ResourceTypes.Count > 0)
            properties["resource_type"] = Enum(tool.ResourceTypes);
        properties["operation"] = Enum([.. tool.Operations.Select(operation => operation.Name).Distinct(), "describe"]);
        properties["params"] = new JsonObject { ["type"] = "object", ["description"] = "Parameters; operation describe tells them" };
        properties["unit"] = new JsonObject { ["type"] = "string", ["description"] = "Alias of an Instana unit" };
        var required = new List<string>();
        if (tool.ResourceTypes.Count > 0 && tool.DefaultResource is null)
            required.Add("resource_type");
        if (tool.DefaultOperation is null)
            required.Add("operation");
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (required.Count > 0)
            schema["required"] = AnswerEnvelope.Strings(required);
        return schema.ToJsonString(AnswerEnvelope.Compact);
    }

    /// <summary>The parameters of one operation.</summary>
    public static JsonObject Of(InstanaOperationDefinition row)
    {
        var properties = new JsonObject();
        foreach (var parameter in row.Parameters)
            properties[parameter.Name] = Of(parameter);
        if (row.Period.Style != PeriodStyle.None)
            properties["time_range"] = new JsonObject { ["type"] = "string", ["description"] = "Period, e.g. \"last 2 hours\", \"yesterday\", \"PT2H\"; or from_time and to_time" };
        if (row.Destructive)
            properties["confirm"] = Of(AnswerParameters.Confirm);
        if (!row.ReadOnly)
            properties["dry_run"] = Of(AnswerParameters.DryRun);
        properties["max_chars"] = Of(AnswerParameters.MaxChars);
        properties["cursor"] = Of(AnswerParameters.Cursor);
        return Object(properties, row.Parameters);
    }

    private static JsonObject Of(InstanaParameter parameter)
    {
        var schema = new JsonObject();
        switch (parameter.Kind)
        {
            case ParameterKind.Integer or ParameterKind.Number:
                schema["type"] = parameter.Kind == ParameterKind.Integer ? "integer" : "number";
                Limit(schema, parameter);
                break;
            case ParameterKind.Flag:
                schema["type"] = "boolean";
                break;
            case ParameterKind.Choice:
                schema = Enum(parameter.Choices);
                break;
            case ParameterKind.ChoiceList:
                schema["type"] = "array";
                schema["items"] = Enum(parameter.Choices);
                break;
            case ParameterKind.IdList or ParameterKind.TextList:
                schema["type"] = "array";
                schema["items"] = new JsonObject { ["type"] = "string" };
                break;
            case ParameterKind.ObjectList:
                schema["type"] = "array";
                schema["items"] = Object(Fields(parameter), parameter.Fields, wire: true);
                break;
            case ParameterKind.Object when parameter.Fields.Count > 0:
                schema = Object(Fields(parameter), parameter.Fields, wire: true);
                break;
            case ParameterKind.Object or ParameterKind.Group or ParameterKind.TagFilter or ParameterKind.Frame or ParameterKind.Json:
                schema["type"] = "object";
                break;
            default:
                schema["type"] = "string";
                schema["maxLength"] = parameter.MaxLength;
                break;
        }
        schema["description"] = parameter.Description;
        if (parameter.DefaultJson is { } value)
            schema["default"] = JsonNode.Parse(value);
        if (parameter.Kind is ParameterKind.Moment or ParameterKind.TagFilter && parameter.Example is { } example)
            schema["examples"] = parameter.Kind == ParameterKind.Moment ? new JsonArray(example) : new JsonArray(JsonNode.Parse(example));
        return schema;
    }

    private static JsonObject Fields(InstanaParameter parameter)
    {
        var properties = new JsonObject();
        foreach (var field in parameter.Fields)
            properties[field.Wire] = Of(field);
        return properties;
    }

    private static JsonObject Object(JsonObject properties, IReadOnlyList<InstanaParameter> parameters, bool wire = false)
    {
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        var required = parameters.Where(parameter => parameter.Required && parameter.NamedBy is null).Select(parameter => wire ? parameter.Wire : parameter.Name).ToList();
        if (required.Count > 0)
            schema["required"] = AnswerEnvelope.Strings(required);
        return schema;
    }

    private static void Limit(JsonObject schema, InstanaParameter parameter)
    {
        if (parameter.Minimum is { } minimum)
            schema["minimum"] = minimum;
        if (parameter.Maximum is { } maximum and < 1L << 53)
            schema["maximum"] = maximum;
        if (parameter.Default is { } value)
            schema["default"] = value;
    }

    private static JsonObject Enum(IEnumerable<string> values) => new() { ["type"] = "string", ["enum"] = AnswerEnvelope.Strings(values) };
}
