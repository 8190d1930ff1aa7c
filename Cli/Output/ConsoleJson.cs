using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Vault.Canonical;

namespace Granary.Cli.Output;

/// <summary>JSON as the reference's command prints it: two spaces, and numbers as they were written.</summary>
internal static class ConsoleJson
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

    /// <summary>Writes without a final line feed; characters are themselves, save for those that a terminal would act on.</summary>
    /// <param name="node">What.</param>
    /// <param name="ascii">Whether other characters than ASCII are escaped.</param>
    public static string Write(JsonNode? node, bool ascii = false)
    {
        var text = node?.ToJsonString(Indented) ?? "null";
        return ascii ? Escape(text) : Readable(text);
    }

    /// <summary>On one line, to be read by a person.</summary>
    public static string WriteLine(JsonNode? node) => Readable(node?.ToJsonString(Compact) ?? "null");

    /// <summary>On one line, other characters than ASCII escaped.</summary>
    public static string CompactAscii(JsonNode node) => Escape(node.ToJsonString(Compact));

    /// <summary>On one line, in UTF-8.</summary>
    public static byte[] Bytes(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString(Compact));

    /// <summary>Reads JSON in UTF-8 that may come from anybody.</summary>
    /// <exception cref="CanonicalJsonException">It is not well-formed, or has duplicate members.</exception>
    public static JsonNode Read(ReadOnlySpan<byte> json)
    {
        // The nodes find out about duplicates and halves of characters only when they are asked for them, and then in words of their own.
        CanonicalJson.Check(json, CanonicalJson.GreatestMaxDepth);
        return JsonNode.Parse(json, null, new JsonDocumentOptions { MaxDepth = 1000 }) ?? throw new CanonicalJsonException("The text is null, and a value is needed", 0);
    }

    /// <summary>A member, where the node is an object that has it.</summary>
    public static JsonNode? Member(this JsonNode? node, string name) => node is JsonObject members ? members[name] : null;

    /// <summary>A member that is a string.</summary>
    public static string? MemberText(this JsonNode? node, string name) =>
        node.Member(name) is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>A member that is true.</summary>
    public static bool MemberIsTrue(this JsonNode? node, string name) => node.Member(name)?.GetValueKind() == JsonValueKind.True;

    // The writer escapes everything beyond the basic plane, and lets through characters that change the reading order.
    private static string Readable(string json)
    {
        var text = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] == '\\' && json[i + 1] != 'u')
            {
                text.Append(json, i++, 2);
            }
            else if (json[i] == '\\')
            {
                var c = Escaped(json, i);
                var isPair = char.IsHighSurrogate(c) && json.AsSpan(i + 6).StartsWith("\\u");
                if (isPair)
                    text.Append(c).Append(Escaped(json, i + 6));
                else if (char.IsSurrogate(c) || ShownText.IsMisleading(c) || c is '"' or '\\')
                    text.Append(json, i, 6);
                else
                    text.Append(c);
                i += isPair ? 11 : 5;
            }
            else if (json[i] != '\n' && ShownText.IsMisleading(json[i]))
            {
                ShownText.Escape(text, json[i]);
            }
            else
            {
                text.Append(json[i]);
            }
        }
        return text.ToString();
    }

    private static char Escaped(string json, int at) => (char)ushort.Parse(json.AsSpan(at + 2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

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
