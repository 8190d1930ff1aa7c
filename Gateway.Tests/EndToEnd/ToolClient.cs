using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Granary.Gateway.Tests.EndToEnd;

/// <summary>Calls tools in revision 2026-07-28, with arguments exactly as they are written.</summary>
internal sealed class ToolClient : IDisposable
{
    public const string Revision = "2026-07-28";

    private const string Meta =
        "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{},"
        + "\"io.modelcontextprotocol/clientInfo\":{\"name\":\"tool-tests\",\"version\":\"1\"}}";

    private readonly HttpClient _http;
    private readonly (string Name, string Value)[] _headers;

    public ToolClient(Uri root, params (string Name, string Value)[] headers)
    {
        Root = root;
        _headers = headers;
        _http = new HttpClient(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = 256 }) { Timeout = TimeSpan.FromSeconds(60) };
    }

    public Uri Root { get; }

    public async Task<ToolReply> CallAsync(string tool, string arguments, params (string Name, string Value)[] headers) =>
        await SendAsync(CreateCall(tool, arguments, headers), CancellationToken.None);

    public async Task<ToolReply> RequestAsync(string method, string parameters = "") =>
        await SendAsync(Create(method, null, parameters, [], id: "1"), CancellationToken.None);

    public HttpRequestMessage CreateCall(string tool, string arguments, (string Name, string Value)[] headers, string id = "1") =>
        Create("tools/call", tool, $"\"name\":\"{tool}\",\"arguments\":{arguments},", headers, id);

    public async Task<ToolReply> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using (request)
        using (var response = await _http.SendAsync(request, cancellation))
        {
            var text = await response.Content.ReadAsStringAsync(cancellation);
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 256 });
            return new ToolReply((int)response.StatusCode, document.RootElement.Clone());
        }
    }

    /// <summary>The definitions by name, as the gateway lists them.</summary>
    public async Task<IReadOnlyDictionary<string, JsonElement>> ListAsync() =>
        (await RequestAsync("tools/list")).Result.GetProperty("tools").EnumerateArray().ToDictionary(t => t.GetProperty("name").GetString()!);

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Create(string method, string? name, string parameters, (string Name, string Value)[] headers, string id)
    {
        var body = $"{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"{method}\",\"params\":{{{parameters}{Meta}}}}}";
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Root, "/mcp")) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", Revision);
        request.Headers.TryAddWithoutValidation("Mcp-Method", method);
        if (name is not null)
            request.Headers.TryAddWithoutValidation("Mcp-Name", name);
        foreach (var (header, value) in _headers.Concat(headers))
            request.Headers.TryAddWithoutValidation(header, value);
        return request;
    }
}
