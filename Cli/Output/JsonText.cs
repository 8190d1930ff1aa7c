using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Cli.Output;

/// <summary>JSON as the reference's command prints it: two spaces, and numbers as they were written.</summary>
internal static class JsonText
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        MaxDepth = 1000,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>On one line.</summary>
    public static JsonSerializerOptions Compact { get; } = new() { MaxDepth = 1000, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes without a final line feed.</summary>
    /// <param name="node">What.</param>
    /// <param name="ascii">Whether other characters than ASCII are escaped.</param>
    public static string Write(JsonNode? node, bool ascii = false)
    {
        var text = node?.ToJsonString(Indented) ?? "null";
        return ascii ? Escape(text) : text;
    }

    /// <summary>On one line, other characters than ASCII escaped.</summary>
    public static string CompactAscii(JsonNode node) => Escape(node.ToJsonString(Compact));

    /// <summary>On one line, in UTF-8.</summary>
    public static byte[] Bytes(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString(Compact));

    /// <summary>Reads JSON in UTF-8.</summary>
    public static JsonNode Read(ReadOnlySpan<byte> json) =>
        JsonNode.Parse(json, null, new JsonDocumentOptions { MaxDepth = 1000 }) ?? throw new JsonException("It is null.");

    private static string Escape(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        var escaped = new StringBuilder(text.Length + 64);
        foreach (var c in text)
        {
            if (char.IsAscii(c))
                escaped.Append(c);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }
        return escaped.ToString();
    }
}
