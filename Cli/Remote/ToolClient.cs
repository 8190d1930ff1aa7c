using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;

namespace Granary.Cli.Remote;

/// <summary>Calls tools of an MCP server of revision 2026-07-28, which needs no session: one request, one answer, progress in between.</summary>
internal sealed class ToolClient(HttpMessageHandler handler, Uri endpoint, string? apiKey) : IDisposable
{
    private const string Revision = "2026-07-28";

    private static readonly string Version =
        typeof(ToolClient).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    private readonly HttpClient _http = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
    private int _id;

    /// <summary>Calls a tool and returns its structured result.</summary>
    /// <exception cref="CliFailure">The server refused, or the tool failed; its own sentence is in it.</exception>
    public async Task<JsonObject> CallAsync(
        string tool, JsonObject arguments, IProgress<(double Done, double? Total)>? progress, CancellationToken cancellation)
    {
        using var request = Request(tool, arguments);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        var answer = await McpAnswer.ReadAsync(response, progress, cancellation);
        if (answer["error"] is JsonObject error)
            throw Failed(tool, error["message"]?.ToString() ?? "it gave no reason");
        var result = answer["result"] as JsonObject ?? throw Failed(tool, "the answer has neither result nor error");
        if (result["isError"]?.GetValue<bool>() == true)
            throw Failed(tool, Reason(result));
        return result["structuredContent"]?.DeepClone() as JsonObject
            ?? throw Failed(tool, "the answer has no structured content; is the gateway older than this command?");
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(string tool, JsonObject arguments)
    {
        var id = ++_id;
        var body = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = id,
            ["method"] = "tools/call",
            ["params"] = new JsonObject
            {
                ["name"] = tool,
                ["arguments"] = arguments,
                ["_meta"] = new JsonObject
                {
                    ["io.modelcontextprotocol/protocolVersion"] = Revision,
                    ["io.modelcontextprotocol/clientInfo"] = new JsonObject { ["name"] = "provara", ["version"] = Version },
                    ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
                    ["progressToken"] = id,
                },
            },
        };
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = new StringContent(body.ToJsonString(ConsoleJson.Compact), Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.Add("MCP-Protocol-Version", Revision);
        request.Headers.Add("Mcp-Method", "tools/call");
        request.Headers.Add("Mcp-Name", tool);
        if (apiKey is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        return request;
    }

    // A tool's failure is a sentence, or an object that has one.
    private static string Reason(JsonObject result)
    {
        if (result["structuredContent"]?["error"]?.ToString() is { } said)
            return said;
        var text = (result["content"] as JsonArray)?.FirstOrDefault()?["text"]?.ToString() ?? "it gave no reason";
        try
        {
            return JsonNode.Parse(text) is JsonObject told && told["error"] is { } error ? error.ToString() : text;
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static CliFailure Failed(string tool, string reason) =>
        new($"The gateway's tool {tool} failed", reason, "correct what it names and try again", "docs/provara.md");
}
