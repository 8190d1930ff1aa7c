using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary>
/// Takes what a client meant where the schema leaves no doubt: an object, a list, a number or a boolean that is written as a string where no
/// string is allowed, and null for a property that may be left out. All else stays as it is; validation judges it afterwards.
/// </summary>
internal sealed class InputRepair
{
    /// <summary>A string in a string is undone twice at most: JSON that was encoded once too often.</summary>
    private const int MaxLayers = 2;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly InputShape _root;

    public InputRepair(JsonElement schema) => _root = InputShape.Of(schema);

    /// <summary>True when something was repaired.</summary>
    public bool TryRepair(JsonElement given, out JsonElement repaired)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        bool changed;
        using (var json = new Utf8JsonWriter(buffer, WriterOptions))
            changed = Write(json, _root, given);
        repaired = default;
        if (!changed)
            return false;
        using var document = JsonDocument.Parse(buffer.WrittenMemory, new JsonDocumentOptions { MaxDepth = 256 });
        repaired = document.RootElement.Clone();
        return true;
    }

    private static bool Write(Utf8JsonWriter json, InputShape shape, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String && TryUnwrap(value, shape.Types, out var meant))
        {
            Write(json, shape, meant);
            return true;
        }
        if (value.ValueKind == JsonValueKind.Object && shape.Properties.Count > 0)
            return WriteObject(json, shape, value);
        if (value.ValueKind == JsonValueKind.Array && shape.Items is { } items)
        {
            var changed = false;
            json.WriteStartArray();
            foreach (var item in value.EnumerateArray())
                changed |= Write(json, items, item);
            json.WriteEndArray();
            return changed;
        }
        // As it was written, to the letter: a number in an event keeps its form.
        json.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
        return false;
    }

    private static bool WriteObject(Utf8JsonWriter json, InputShape shape, JsonElement value)
    {
        var changed = false;
        json.WriteStartObject();
        foreach (var property in value.EnumerateObject())
        {
            var known = shape.Properties.TryGetValue(property.Name, out var its);
            if (known && property.Value.ValueKind == JsonValueKind.Null && !its!.Types.HasFlag(JsonTypes.Null) && !shape.Required.Contains(property.Name))
            {
                changed = true;
                continue;
            }
            json.WritePropertyName(property.Name);
            changed |= Write(json, known ? its! : InputShape.Any, property.Value);
        }
        json.WriteEndObject();
        return changed;
    }

    /// <summary>What a string stands for where none is allowed; false where that is open to doubt.</summary>
    private static bool TryUnwrap(JsonElement text, JsonTypes allowed, out JsonElement meant)
    {
        meant = text;
        if ((allowed & JsonTypes.String) != 0 || (allowed & (JsonTypes.Object | JsonTypes.Array | JsonTypes.Number | JsonTypes.Integer | JsonTypes.Boolean)) == 0)
            return false;
        for (var layer = 0; layer < MaxLayers && meant.ValueKind == JsonValueKind.String; layer++)
        {
            if (!TryParse(meant, out var inner))
                return false;
            meant = inner;
        }
        return meant.ValueKind switch
        {
            JsonValueKind.Object => (allowed & JsonTypes.Object) != 0,
            JsonValueKind.Array => (allowed & JsonTypes.Array) != 0,
            JsonValueKind.Number => (allowed & (JsonTypes.Number | JsonTypes.Integer)) != 0,
            JsonValueKind.True or JsonValueKind.False => (allowed & JsonTypes.Boolean) != 0,
            _ => false,
        };
    }

    private static bool TryParse(JsonElement text, out JsonElement value)
    {
        value = default;
        try
        {
            var json = text.GetString()!;
            // Python writes its booleans so.
            json = json switch { "True" => "true", "False" => "false", _ => json };
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
            value = document.RootElement.Clone();
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or EncoderFallbackException)
        {
            return false;
        }
    }
}
