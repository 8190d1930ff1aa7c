using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Granary.Instana.Http;

namespace Granary.Instana.Events;

/// <summary>Opens answers. Whatever is not as documented is read as leniently as sense allows; what is no JSON at all is a failure.</summary>
internal static class EventLists
{
    private static readonly InstanaFailure NotJson = new(
        FailureKind.NotJson,
        "The backend answered with something that is not JSON, a login page perhaps; check the base URL and the credential.");

    public static bool TryOpen(InstanaReply reply, [NotNullWhen(true)] out JsonDocument? document, [NotNullWhen(false)] out InstanaFailure? failure)
    {
        document = null;
        failure = reply.Failure;
        if (failure is not null)
            return false;
        try
        {
            document = JsonDocument.Parse(reply.Body.IsEmpty ? "[]"u8.ToArray() : Clean(reply.Body));
            return true;
        }
        catch (JsonException)
        {
            failure = NotJson with { Status = reply.Status };
            return false;
        }
    }

    /// <summary>The events of an answer; a single object counts as a list of one, anything else as none.</summary>
    public static IEnumerable<JsonElement> Events(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Object)
        {
            if (!root.TryGetProperty("items", out var items) || items.ValueKind != JsonValueKind.Array)
                return root.TryGetProperty("eventId", out _) ? [root] : [];
            root = items;
        }
        return root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object) : [];
    }

    public static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => Decode(value),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            }
            : null;

    /// <summary>A string's text. Half a surrogate pair is JSON but no text; then it is the string as it was spelt.</summary>
    public static string Decode(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return value.GetRawText().Trim('"');
        }
    }

    /// <summary>Without a byte-order mark, and with a replacement for every byte that is not UTF-8.</summary>
    private static ReadOnlyMemory<byte> Clean(ReadOnlyMemory<byte> body)
    {
        if (body.Span.StartsWith("\uFEFF"u8))
            body = body[3..];
        return Utf8.IsValid(body.Span) ? body : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body.Span));
    }

    /// <summary>A number that may arrive as a string or as a fraction.</summary>
    public static long? Number(JsonElement item, string name) =>
        double.TryParse(Text(item, name), System.Globalization.CultureInfo.InvariantCulture, out var value) && Math.Abs(value) < 1e15 ? (long)value : null;
}
