using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Granary.Instana.Http;

namespace Granary.Instana.Operations;

/// <summary>
/// Opens answers. Fields that differ from the document are read as leniently as sense allows; a body that is of another kind altogether is an
/// error that says what came, because "nothing" would read as "no problems".
/// </summary>
internal static partial class Bodies
{
    private const string LoginPage = "The backend answered with something that is not JSON, a login page perhaps; check the base URL and the credential.";

    /// <summary>Reads an answer of a shape.</summary>
    public static bool TryOpen(InstanaReply reply, ResultShape shape, [NotNullWhen(true)] out JsonNode? node, [NotNullWhen(false)] out InstanaFailure? failure)
    {
        node = null;
        failure = reply.Failure;
        if (failure is not null)
            return false;
        if (shape == ResultShape.Text && !LooksLikeJson(reply.Body.Span))
        {
            var text = Encoding.UTF8.GetString(reply.Body.Span);
            node = text.TrimStart().StartsWith('<') ? null : new JsonObject { ["text"] = text };
            failure = node is null ? NotJson(reply) : null;
            return node is not null;
        }
        var blank = reply.Body.Span.Trim(" \t\r\n"u8).IsEmpty;
        if (blank && shape == ResultShape.Nothing)
        {
            node = new JsonObject();
            return true;
        }
        if (blank)
        {
            failure = Unexpected(reply, "with an empty body", shape);
            return false;
        }
        try
        {
            node = JsonNode.Parse(Clean(reply.Body).Span, documentOptions: new JsonDocumentOptions { MaxDepth = 128 });
        }
        catch (JsonException)
        {
            failure = NotJson(reply);
            return false;
        }
        var what = Odd(node, shape);
        failure = what is null ? null : Unexpected(reply, what, shape);
        node ??= new JsonObject();
        return failure is null;
    }

    /// <summary>The list of an answer: itself, or its <c>items</c>.</summary>
    public static JsonArray? ListOf(JsonNode node, string name = "items") => node as JsonArray ?? (node as JsonObject)?[name] as JsonArray ?? (node as JsonObject)?["items"] as JsonArray;

    public static string? Text(JsonNode? node) => node switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => value.ToJsonString(),
        _ => null,
    };

    public static string? Text(JsonNode? node, string name) => node is JsonObject item ? Text(item[name]) : null;

    /// <summary>A number that may arrive as a string or as a fraction.</summary>
    public static long? Number(JsonNode? node, string name)
    {
        var given = node is JsonObject item ? item[name] : null;
        // What was read from an answer is a number already; to write it and parse the text is for the rest.
        var isNumber = given is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<double>(out var number)
            || double.TryParse(Text(given), NumberStyles.Float, CultureInfo.InvariantCulture, out number);
        return isNumber && Math.Abs(number) < 1e15 ? (long)number : null;
    }

    private static string? Odd(JsonNode? node, ResultShape shape) => (shape, node) switch
    {
        (ResultShape.Nothing, _) => null,
        (_, null) => "with null",
        (ResultShape.List, JsonArray) => null,
        (ResultShape.List, JsonObject item) when item["items"] is JsonArray || item.Count > 0 && item.Any(member => member.Value is JsonArray) => null,
        (ResultShape.Pages or ResultShape.Cursor, JsonObject page) when page.Any(member => member.Value is JsonArray) => null,
        (ResultShape.Pages, JsonArray) => null,
        (ResultShape.Text, JsonArray or JsonObject) => null,
        (ResultShape.Object, JsonObject { Count: > 0 }) => null,
        (ResultShape.Object, JsonArray) => null,
        (_, JsonObject { Count: 0 }) => "with an empty object",
        (_, JsonObject) => "with an object that has no list",
        (_, JsonArray) => "with a list",
        _ => $"with {node.GetValueKind().ToString().ToLowerInvariant()} instead of an object",
    };

    private static InstanaFailure Unexpected(InstanaReply reply, string what, ResultShape shape) => new(
        FailureKind.Unexpected,
        $"The backend answered {reply.Status} {what}; {(shape == ResultShape.Object ? "an object" : "a list")} was expected. This does not mean that there is nothing: try again.")
    {
        Status = reply.Status, Retryable = true,
    };

    private static InstanaFailure NotJson(InstanaReply reply) => new(FailureKind.NotJson, LoginPage) { Status = reply.Status };

    private static bool LooksLikeJson(ReadOnlySpan<byte> body)
    {
        var trimmed = body.Trim(" \t\r\n"u8);
        return trimmed.IsEmpty || trimmed[0] is (byte)'{' or (byte)'[' || trimmed.SequenceEqual("null"u8);
    }

    /// <summary>Without a byte-order mark, and with a replacement for every byte that is not UTF-8.</summary>
    private static ReadOnlyMemory<byte> Clean(ReadOnlyMemory<byte> body)
    {
        if (body.Span.StartsWith("\uFEFF"u8))
            body = body[3..];
        if (!Utf8.IsValid(body.Span))
            body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body.Span));
        // Half a surrogate pair is JSON but no text, and nothing can write it again.
        return body.Span.IndexOf("\\ud"u8) >= 0 || body.Span.IndexOf("\\uD"u8) >= 0
            ? Encoding.UTF8.GetBytes(HalfPair().Replace(Encoding.UTF8.GetString(body.Span), "\\ufffd"))
            : body;
    }

    [GeneratedRegex(
        @"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}",
        RegexOptions.CultureInvariant)]
    private static partial Regex HalfPair();
}
