using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;

namespace Granary.Cli.Remote;

/// <summary>Reads the answer to a call: a JSON object, or a stream of events that ends with one.</summary>
internal static class McpAnswer
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 1000 };

    public static async Task<JsonObject> ReadAsync(
        HttpResponseMessage response, IProgress<(double Done, double? Total)>? progress, CancellationToken cancellation)
    {
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new CliFailure(
                "The gateway did not let the call in", $"it answered {(int)response.StatusCode} {response.ReasonPhrase}",
                "give an API key with the scope for it: --api-key, or PROVARA_API_KEY");
        }
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
            return await ReadEventsAsync(body, progress, cancellation);
        try
        {
            if (await JsonNode.ParseAsync(body, null, Options, cancellation) is JsonObject answer)
                return answer;
        }
        catch (JsonException)
        {
            // Said below: whatever it is, it is not an answer.
        }
        throw NoAnswer($"it answered {(int)response.StatusCode} {response.ReasonPhrase} without a message of MCP");
    }

    private static async Task<JsonObject> ReadEventsAsync(Stream body, IProgress<(double Done, double? Total)>? progress, CancellationToken cancellation)
    {
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellation))
        {
            if (item.Data.Length == 0 || JsonNode.Parse(item.Data, null, Options) is not JsonObject message)
                continue;
            if (message.ContainsKey("result") || message.ContainsKey("error"))
                return message;
            if (message["method"]?.ToString() == "notifications/progress" && message["params"] is JsonObject done)
                progress?.Report((done["progress"]?.GetValue<double>() ?? 0, done["total"]?.GetValue<double>()));
        }
        throw NoAnswer("the stream ended before the answer");
    }

    private static CliFailure NoAnswer(string reason) =>
        new("The gateway gave no answer", reason, "check that the URL is a gateway's, for example http://127.0.0.1:8080", "docs/provara.md");
}
