using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Granary.Instana.Params;

namespace Granary.Instana.Operations;

/// <summary>Writes the schemas that follow from a tool's data.</summary>
internal static class ToolSchemas
{
    public static string Params(InstanaToolDefinition tool) => Write(writer => WriteParams(writer, tool));

    public static string Input(InstanaToolDefinition tool) => Write(writer =>
    {
        var resources = tool.Operations.Select(operation => operation.ResourceType).OfType<string>().Distinct().ToList();
        writer.WriteStartObject();
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        if (resources.Count > 0)
            WriteEnum(writer, "resource_type", resources);
        WriteEnum(writer, "operation", tool.Operations.Select(operation => operation.Name).Distinct());
        writer.WritePropertyName("params");
        WriteParams(writer, tool);
        writer.WriteEndObject();
        writer.WriteStartArray("required");
        if (resources.Count > 0)
            writer.WriteStringValue("resource_type");
        writer.WriteStringValue("operation");
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            write(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteParams(Utf8JsonWriter writer, InstanaToolDefinition tool)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        foreach (var shared in tool.Operations.SelectMany(operation => operation.Parameters).DistinctBy(parameter => parameter.Name))
            WriteParameter(writer, shared);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteParameter(Utf8JsonWriter writer, InstanaParameter parameter)
    {
        writer.WriteStartObject(parameter.Name);
        switch (parameter.Kind)
        {
            case ParameterKind.Integer:
                writer.WriteString("type", "integer");
                WriteLimits(writer, parameter);
                break;
            case ParameterKind.Flag:
                writer.WriteString("type", "boolean");
                break;
            case ParameterKind.Choice:
                WriteChoices(writer, parameter);
                break;
            case ParameterKind.IdList or ParameterKind.ChoiceList:
                writer.WriteString("type", "array");
                writer.WriteStartObject("items");
                WriteChoices(writer, parameter);
                writer.WriteEndObject();
                break;
            case ParameterKind.Moment:
                // A time in milliseconds is taken as well; a list of types is not what every provider's converter reads.
                writer.WriteString("type", "string");
                break;
            case ParameterKind.Group:
                writer.WriteString("type", "object");
                break;
            default:
                writer.WriteString("type", "string");
                writer.WriteNumber("maxLength", parameter.MaxLength);
                break;
        }
        writer.WriteString("description", parameter.Description);
        writer.WriteEndObject();
    }

    private static void WriteLimits(Utf8JsonWriter writer, InstanaParameter parameter)
    {
        if (parameter.Minimum is { } minimum)
            writer.WriteNumber("minimum", minimum);
        if (parameter.Maximum is { } maximum)
            writer.WriteNumber("maximum", maximum);
        if (parameter.Default is { } value)
            writer.WriteNumber("default", value);
    }

    private static void WriteChoices(Utf8JsonWriter writer, InstanaParameter parameter)
    {
        var numbers = parameter.Choices.Count > 0 && parameter.Choices.All(choice => long.TryParse(choice, out _));
        writer.WriteString("type", numbers ? "integer" : "string");
        // An enum of numbers is not what every provider's converter reads either; the description names them.
        if (parameter.Choices.Count == 0 || numbers)
            return;
        writer.WriteStartArray("enum");
        foreach (var choice in parameter.Choices)
            writer.WriteStringValue(choice);
        writer.WriteEndArray();
    }

    private static void WriteEnum(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartObject(name);
        writer.WriteString("type", "string");
        writer.WriteStartArray("enum");
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
