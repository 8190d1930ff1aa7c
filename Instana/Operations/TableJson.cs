using System.Text.Encodings.Web;
using System.Text.Json;
using Granary.Instana.Params;

namespace Granary.Instana.Operations;

/// <summary>Writes the table of operations for people and programs: one object for each row.</summary>
public static class TableJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes all rows as a JSON array.</summary>
    public static void Write(Stream stream, IEnumerable<InstanaToolDefinition> tools)
    {
        using var writer = new Utf8JsonWriter(stream, Options);
        writer.WriteStartArray();
        foreach (var tool in tools)
        {
            foreach (var row in tool.Operations)
                WriteRow(writer, tool, row);
        }
        writer.WriteEndArray();
    }

    private static void WriteRow(Utf8JsonWriter writer, InstanaToolDefinition tool, InstanaOperationDefinition row)
    {
        writer.WriteStartObject();
        writer.WriteString("tool", tool.Name);
        WriteText(writer, "resource_type", row.ResourceType);
        WriteText(writer, "resource_subtype", row.Subtype);
        writer.WriteString("operation", row.Name);
        writer.WriteString("summary", row.Summary);
        WriteText(writer, "method", row.Method);
        WriteText(writer, "path", row.Path);
        writer.WriteBoolean("read_only", row.ReadOnly);
        writer.WriteBoolean("destructive", row.Destructive);
        WriteText(writer, "permission", row.Permission);
        writer.WriteString("result", Lower(row.Result));
        if (row.Period.Style != PeriodStyle.None)
            writer.WriteString("period", Lower(row.Period.Style));
        writer.WriteStartArray("parameters");
        foreach (var parameter in row.Parameters)
            WriteParameter(writer, parameter, Lower(row.PlaceOf(parameter)));
        writer.WriteEndArray();
        if (row.Example is { } example)
        {
            writer.WritePropertyName("example");
            writer.WriteRawValue(example);
        }
        writer.WriteEndObject();
    }

    private static void WriteParameter(Utf8JsonWriter writer, InstanaParameter parameter, string? place)
    {
        writer.WriteStartObject();
        writer.WriteString("name", parameter.Name);
        writer.WriteString("type", Lower(parameter.Kind));
        WriteText(writer, "in", place);
        if (place != "local" && place != "wholebody")
            WriteText(writer, "wire", parameter.Wire);
        if (parameter.Required)
            writer.WriteBoolean("required", true);
        WriteStrings(writer, "enum", parameter.Choices);
        if (parameter.Minimum is { } least)
            writer.WriteNumber("minimum", least);
        if (parameter.Maximum is { } most)
            writer.WriteNumber("maximum", most);
        if (parameter.Default is { } value)
            writer.WriteNumber("default", value);
        if (parameter.DefaultJson is { } json)
        {
            writer.WritePropertyName("default");
            writer.WriteRawValue(json);
        }
        WriteStrings(writer, "aliases", parameter.Aliases);
        writer.WriteString("description", parameter.Description);
        if (parameter.Fields.Count > 0)
        {
            writer.WriteStartArray("fields");
            foreach (var field in parameter.Fields)
                WriteParameter(writer, field, null);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            writer.WriteString(name, value);
    }

    private static void WriteStrings(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            writer.WriteStartArray(name);
            foreach (var value in values)
                writer.WriteStringValue(value);
            writer.WriteEndArray();
        }
    }

    private static string Lower<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
