using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Granary.Spelling;

namespace Granary.Instana.Params;

/// <summary>
/// Reads <c>params</c> and the objects in it: JSON, or JSON in a string (in a string), which is how some models write an object. Limits are
/// checked here, once: size, depth, and no key twice.
/// </summary>
internal static class ParamsText
{
    public const int MaxBytes = 256 * 1024;

    public const int MaxDepth = 16;

    private const string NotJson = "is not valid JSON.";

    /// <summary>Reads an object; empty and null are an empty one. The caller disposes what it gets.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out JsonDocument? document, [NotNullWhen(false)] out string? problem)
    {
        document = null;
        if (json.IsEmpty)
            json = "{}"u8.ToArray();
        if (!TryRead(json, out var read, out problem))
            return false;
        var root = read.RootElement;
        // Once for a model that writes an object as a string, and once more for what was between the two and did the same.
        for (var decoded = 0; root.ValueKind == JsonValueKind.String && decoded < 2; decoded++)
        {
            var text = root.GetString()!.Trim();
            read.Dispose();
            if (!TryReadText(text.Length == 0 ? "{}" : text, out read, out problem))
                return false;
            root = read.RootElement;
        }
        if (root.ValueKind == JsonValueKind.Null)
        {
            read.Dispose();
            read = JsonDocument.Parse("{}");
        }
        else if (root.ValueKind != JsonValueKind.Object)
        {
            read.Dispose();
            problem = "must be a JSON object.";
            return false;
        }
        document = read;
        return true;
    }

    private static bool TryReadText(string text, [NotNullWhen(true)] out JsonDocument? document, [NotNullWhen(false)] out string? problem) =>
        TryRead(Encoding.UTF8.GetBytes(text), out document, out problem)
        || (text[0] == '{' && problem == NotJson && TryRead(Encoding.UTF8.GetBytes(PythonText.ToJson(text)), out document, out problem));

    private static bool TryRead(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out JsonDocument? document, [NotNullWhen(false)] out string? problem)
    {
        document = null;
        problem = json.Length > MaxBytes ? $"is too long: at most {MaxBytes / 1024} KiB." : FindFault(json.Span);
        if (problem is not null)
            return false;
        document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
        return true;
    }

    private static string? FindFault(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth + 1 });
        var keys = new Stack<HashSet<string>>();
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= MaxDepth)
                    return $"is nested too deep: at most {MaxDepth} levels.";
                if (reader.TokenType == JsonTokenType.StartObject)
                    keys.Push([]);
                else if (reader.TokenType == JsonTokenType.EndObject)
                    keys.Pop();
                else if (reader.TokenType == JsonTokenType.PropertyName && !keys.Peek().Add(reader.GetString()!))
                    return $"has the key '{NearestName.Shorten(reader.GetString()!)}' twice; keep one.";
                else if (reader.TokenType == JsonTokenType.String)
                    _ = reader.GetString();
            }
            return null;
        }
        catch (JsonException)
        {
            return NotJson;
        }
        catch (InvalidOperationException)
        {
            return "is not valid UTF-8.";
        }
    }
}
