using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Mcp.Client;

namespace Granary.Cli.Remote;

/// <summary>Calls tools of an MCP server of revision 2026-07-28, which needs no session: one request, one answer, progress in between.</summary>
internal sealed class ToolClient : IDisposable
{
    private const string Name = "provara";

    private static readonly string Version =
        typeof(ToolClient).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    private readonly HttpClient _http;
    private readonly McpClient _mcp;
    private int _id;

    public ToolClient(HttpMessageHandler handler, Uri endpoint, string? apiKey)
    {
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _mcp = new McpClient(_http, endpoint, Name) { Always = apiKey is null ? [] : [("Authorization", $"Bearer {apiKey}")] };
    }

    /// <summary>Calls a tool and returns its structured result.</summary>
    /// <exception cref="CliFailure">The server refused, or the tool failed; its own sentence is in it.</exception>
    public async Task<JsonObject> CallAsync(
        string tool, JsonObject arguments, IProgress<(double Done, double? Total)>? progress, CancellationToken cancellation)
    {
        using var request = Request(tool, arguments);
        using var response = await _mcp.OpenAsync(request, cancellation);
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
        var id = $"{++_id}";
        var members = McpBody.Call(tool, arguments.ToJsonString(ConsoleJson.Compact));
        return _mcp.CreatePost(McpHeaders.Modern("tools/call", tool), McpBody.Modern(id, "tools/call", members, Name, Version, progressToken: id));
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
