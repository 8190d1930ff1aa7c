using System.Buffers;
using System.Text;
using System.Text.Json;
using Granary.Instana.Params;
using Granary.Spelling;

namespace Granary.Instana.Operations;

/// <summary>
/// Reads a tool's whole arguments. Models put parameters beside <c>params</c> instead of into it, write the object as a string, or spell the
/// names otherwise: all of that is understood, and two different values for one name are refused.
/// </summary>
internal static class CallArguments
{
    /// <summary>The call; or the answer that says what is wrong.</summary>
    public static InstanaCall? Read(string tool, JsonElement arguments, out InstanaResult? refusal)
    {
        refusal = null;
        string? operation = null, resource = null;
        var merged = new Dictionary<string, JsonElement>();
        var beside = new List<JsonProperty>();
        string? fault = null;
        foreach (var property in arguments.EnumerateObject())
        {
            switch (Names.Squash(property.Name))
            {
                case "operation" or "op" or "action" when property.Value.ValueKind == JsonValueKind.String:
                    operation ??= property.Value.GetString();
                    break;
                case "resourcetype" or "resource" when property.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null:
                    resource ??= property.Value.GetString();
                    break;
                case "params" or "parameters" or "arguments":
                    fault ??= Open(property.Value, merged);
                    break;
                default:
                    beside.Add(property);
                    break;
            }
        }
        foreach (var property in beside)
        {
            if (merged.TryGetValue(property.Name, out var given) && !JsonElement.DeepEquals(given, property.Value))
                fault ??= $"'{NearestName.Shorten(property.Name)}' stands in params and beside it with different values; keep one.";
            else
                merged[property.Name] = property.Value;
        }
        if (fault is not null)
        {
            var bound = new BoundParams();
            bound.Add(new InputProblem("params", fault) { Example = "{}" });
            refusal = AnswerEnvelope.Invalid(new InstanaOperationDefinition(NearestName.Shorten(operation ?? ""), "", []) { ResourceType = resource is null ? null : NearestName.Shorten(resource) }, bound);
            return null;
        }
        var unit = merged.TryGetValue("unit", out var alias) && alias.ValueKind == JsonValueKind.String && !Absent.IsWord(alias.GetString()!.Trim()) ? alias.GetString() : null;
        return new InstanaCall(tool, resource, operation ?? "", Write(merged)) { Unit = unit };
    }

    /// <summary>The value of a parameter that selects the row, before the parameters are bound.</summary>
    public static string? Peek(ReadOnlyMemory<byte> json, string name)
    {
        if (json.IsEmpty || json.Span.IndexOf("ubtype"u8) < 0 && json.Span.IndexOf("peration"u8) < 0 && json.Span.IndexOf("esource"u8) < 0)
            return null;
        if (!ParamsText.TryParse(json, out var document, out _))
            return null;
        using (document)
        {
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (Names.Same(property.Name, name) && property.Value.ValueKind == JsonValueKind.String)
                    return property.Value.GetString();
            }
        }
        return null;
    }

    private static string? Open(JsonElement value, Dictionary<string, JsonElement> merged)
    {
        if (Absent.Is(value, out _))
            return null;
        if (!ParamsText.TryParse(Encoding.UTF8.GetBytes(value.GetRawText()), out var document, out var fault))
            return "params " + fault;
        using (document)
        {
            foreach (var property in document.RootElement.EnumerateObject())
                merged[property.Name] = property.Value.Clone();
        }
        return null;
    }

    private static ReadOnlyMemory<byte> Write(Dictionary<string, JsonElement> merged)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in merged)
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(value.GetRawText(), skipInputValidation: true);
            }
            writer.WriteEndObject();
        }
        // As long as it is: a call may keep it while it waits, and the writer's array is far longer.
        return buffer.WrittenSpan.ToArray();
    }
}
