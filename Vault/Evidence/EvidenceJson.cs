using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Granary.Vault.Evidence;

/// <summary>Writes the JSON files of bundles: for people as well, so with line breaks.</summary>
internal static class EvidenceJson
{
    private static readonly JsonWriterOptions Pretty = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, Pretty))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return [.. output.WrittenSpan, (byte)'\n'];
    }

    public static EvidenceFile File(string name, Action<Utf8JsonWriter> write) => EvidenceFile.Of(name, Write(write));

    /// <summary>Writes a member whose value is JSON already, laid out like the rest.</summary>
    public static void WriteRaw(this Utf8JsonWriter json, string name, ReadOnlyMemory<byte> value)
    {
        using var document = JsonDocument.Parse(value);
        json.WritePropertyName(name);
        document.RootElement.WriteTo(json);
    }
}
