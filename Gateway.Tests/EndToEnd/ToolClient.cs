using System.Text.Json;
using Granary.Mcp.Client;

namespace Granary.Gateway.Tests.EndToEnd;

/// <summary>Calls tools in revision 2026-07-28, with arguments exactly as they are written.</summary>
internal sealed class ToolClient : IDisposable
{
    public const string Revision = "2026-07-28";

    private const string Name = "tool-tests";

    private readonly HttpClient _http;
    private readonly McpClient _mcp;

    public ToolClient(Uri root, params (string Name, string Value)[] headers)
    {
        Root = root;
        _http = new HttpClient(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = 256 }) { Timeout = TimeSpan.FromSeconds(60) };
        _mcp = new McpClient(_http, new Uri(root, "/mcp"), Name) { Always = headers };
    }

    public Uri Root { get; }

    public async Task<ToolReply> CallAsync(string tool, string arguments, params (string Name, string Value)[] headers) =>
        await SendAsync(CreateCall(tool, arguments, headers), CancellationToken.None);

    public async Task<ToolReply> RequestAsync(string method, string members = "") =>
        await SendAsync(_mcp.CreatePost(McpHeaders.Modern(method), McpBody.Modern("1", method, members, Name)), CancellationToken.None);

    public HttpRequestMessage CreateCall(string tool, string arguments, (string Name, string Value)[] headers, string id = "1") => _mcp.CreatePost(
        [.. McpHeaders.Modern("tools/call", tool), .. headers], McpBody.Modern(id, "tools/call", McpBody.Call(tool, arguments), Name));

    public async Task<ToolReply> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using (request)
        {
            var answer = await _mcp.SendAsync(request, cancellation);
            return new ToolReply(answer.Status, answer.Message());
        }
    }

    /// <summary>The definitions by name, as the gateway lists them.</summary>
    public async Task<IReadOnlyDictionary<string, JsonElement>> ListAsync() =>
        (await RequestAsync("tools/list")).Result.GetProperty("tools").EnumerateArray().ToDictionary(t => t.GetProperty("name").GetString()!);

    public void Dispose() => _http.Dispose();
}
