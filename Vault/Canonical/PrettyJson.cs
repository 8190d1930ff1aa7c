using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Vault.Canonical;

/// <summary>
/// JSON as the reference writes the small files of a vault (specification 1.1): two spaces, members in the order they were put in, empty things on one
/// line, other than ASCII raw or escaped.
/// </summary>
internal static class PrettyJson
{
    /// <summary>Writes a document.</summary>
    /// <param name="root">It.</param>
    /// <param name="finalNewline">Whether a line feed ends it; that differs from file to file.</param>
    /// <param name="ascii">Whether other than ASCII is escaped.</param>
    public static byte[] Write(JsonNode root, bool finalNewline = true, bool ascii = false)
    {
        using var output = new PooledBuffer();
        Write(root, 0, ascii, output);
        if (finalNewline)
            output.Write((byte)'\n');
        return output.Written.ToArray();
    }

    /// <summary>Reads an object whose members may be changed and written again.</summary>
    /// <exception cref="FormatException">It is not a JSON object.</exception>
    public static JsonObject Read(ReadOnlySpan<byte> json, string name)
    {
        try
        {
            // Checks what the nodes do not before it is too late: halves of surrogate pairs, numbers without a canonical form, duplicate members.
            CanonicalJson.Check(json);
            return JsonNode.Parse(json) as JsonObject ?? throw new FormatException($"{name} is not a JSON object.");
        }
        catch (Exception failure) when (failure is JsonException or CanonicalJsonException)
        {
            throw new FormatException($"{name} is not JSON that can be used: {failure.Message}", failure);
        }
    }

    /// <summary>A text member, or null.</summary>
    public static string? Text(JsonObject from, string name) => from[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>The members of an array that are objects.</summary>
    public static IEnumerable<JsonObject> Objects(JsonNode? array) => array is JsonArray items ? items.OfType<JsonObject>() : [];

    private static void Write(JsonNode? node, int depth, bool ascii, PooledBuffer output)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } members:
                WriteItems('{', '}', members, depth, output, member =>
                {
                    WriteString(member.Key, ascii, output);
                    output.Write(": "u8);
                    Write(member.Value, depth + 1, ascii, output);
                });
                break;
            case JsonArray { Count: > 0 } items:
                WriteItems('[', ']', items, depth, output, item => Write(item, depth + 1, ascii, output));
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                WriteString(value.GetValue<string>(), ascii, output);
                break;
            default:
                output.Write(Encoding.UTF8.GetBytes(node?.ToJsonString() ?? "null"));
                break;
        }
    }

    private static void WriteItems<T>(char open, char close, IEnumerable<T> items, int depth, PooledBuffer output, Action<T> write)
    {
        output.Write((byte)open);
        var isFirst = true;
        foreach (var item in items)
        {
            if (!isFirst)
                output.Write((byte)',');
            isFirst = false;
            NewLine(depth + 1, output);
            write(item);
        }
        NewLine(depth, output);
        output.Write((byte)close);
    }

    private static void NewLine(int depth, PooledBuffer output)
    {
        output.Write((byte)'\n');
        for (var i = 0; i < depth; i++)
            output.Write("  "u8);
    }

    private static void WriteString(string text, bool ascii, PooledBuffer output)
    {
        if (!ascii || System.Text.Ascii.IsValid(text))
        {
            JsonString.Write(text, output);
            return;
        }
        output.Write((byte)'"');
        foreach (var c in text)
        {
            if (char.IsAscii(c))
                JsonString.WriteRune(new Rune(c), output);
            else
                output.Write(Encoding.ASCII.GetBytes($"\\u{(int)c:x4}"));
        }
        output.Write((byte)'"');
    }
}
