using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Granary.Tenants.Vaults.Operations;

/// <summary>Writes results.</summary>
internal static class Results
{
    /// <summary>The most bytes of events in one answer.</summary>
    public const int MaxEventBytes = 4 * 1024 * 1024;

    /// <summary>The most bytes of an answer that is one thing and has no pages.</summary>
    public const int MaxWholeBytes = 32 * 1024 * 1024;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static VaultResult Object(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return new VaultResult(buffer.WrittenMemory);
    }

    /// <summary>Writes a member that is null where there is nothing to say.</summary>
    public static void WriteText(this Utf8JsonWriter json, string name, string? value)
    {
        if (value is null)
            json.WriteNull(name);
        else
            json.WriteString(name, value);
    }

    /// <summary>Writes a list of texts.</summary>
    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    /// <summary>Writes stored lines; each was found to be JSON before.</summary>
    public static void WriteLines(this Utf8JsonWriter json, string name, IEnumerable<ReadOnlyMemory<byte>> lines)
    {
        json.WriteStartArray(name);
        foreach (var line in lines)
            json.WriteRawValue(line.Span, skipInputValidation: true);
        json.WriteEndArray();
    }
}
