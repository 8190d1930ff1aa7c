using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Conformance.Tests.Oracle;

/// <summary>What came back, in a form that can be compared: status, media type, headers that mean something, and messages as JSON.</summary>
internal static class OracleReply
{
    private static readonly string[] Compared = ["Mcp-Session-Id", "Allow", "Cache-Control", "WWW-Authenticate", "Content-Encoding", "X-Accel-Buffering"];

    public static async Task<JsonObject> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        var type = response.Content.Headers.ContentType?.MediaType;
        var headers = new JsonObject();
        foreach (var name in Compared)
        {
            if (response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values))
                headers[name] = name == "Mcp-Session-Id" ? "an id" : string.Join(", ", values);
        }
        var messages = new JsonArray();
        foreach (var message in type == "text/event-stream" ? Events(text) : text.Length == 0 ? [] : [text])
            messages.Add(Parse(message));
        return new JsonObject { ["status"] = (int)response.StatusCode, ["type"] = type, ["headers"] = headers, ["messages"] = messages };
    }

    private static IEnumerable<string> Events(string text) => text.Replace("\r", "", StringComparison.Ordinal).Split("\n\n")
        .Select(e => string.Concat(e.Split('\n').Where(l => l.StartsWith("data:", StringComparison.Ordinal)).Select(l => l[5..].Trim())))
        .Where(d => d.Length > 0);

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
