using System.Net.Http.Headers;

namespace Granary.Gateway.Tests.Support;

/// <summary>
/// A client that does what it is told and nothing more: it sends wrong requests, reads events one by one and aborts. Tests that only call tools use
/// <see cref="EndToEnd.ToolClient"/>, which is the client of the bench and the scenarios.
/// </summary>
internal sealed class McpHttp : IDisposable
{
    private readonly HttpClient _client;

    public McpHttp(Uri root, Action<SocketsHttpHandler>? configure = null)
    {
        Root = root;
        Endpoint = new Uri(root, "/mcp");
        var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, MaxConnectionsPerServer = 256, MaxResponseDrainSize = 0, ActivityHeadersPropagator = null };
        configure?.Invoke(handler);
        _client = new HttpClient(handler)
        {
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    public Uri Root { get; }

    public Uri Endpoint { get; }

    /// <summary>Goes into every request: an API key, for example.</summary>
    public Dictionary<string, string> Always { get; } = [];

    /// <summary>Sends a message and reads its answer to the end.</summary>
    public Task<Answer> PostAsync(McpRequest request) => SendAsync(request.Build(Endpoint));

    public Task<Answer> CallAsync(string tool, string arguments = "{}", string capabilities = "{}") =>
        PostAsync(McpRequest.Call(tool, arguments, capabilities));

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        var response = await RawAsync(request, CancellationToken.None);
        if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
            return new Answer(response, await response.Content.ReadAsStringAsync(), []);
        using var reader = new SseReader(response, await response.Content.ReadAsStreamAsync());
        var events = await reader.ToEndAsync();
        return new Answer(response, string.Join('\n', events.Select(e => e.Data)), events);
    }

    /// <summary>Sends a message and reads its answer as it comes.</summary>
    public Task<SseReader> OpenAsync(McpRequest request, CancellationToken abort = default) => StreamAsync(request.Build(Endpoint), abort);

    /// <summary>Sends a message and waits for the first bytes of its answer only.</summary>
    public Task<HttpResponseMessage> StartAsync(McpRequest request, CancellationToken abort = default) => RawAsync(request.Build(Endpoint), abort);

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(Request(HttpMethod.Get, path, headers));

    public Task<SseReader> ListenAsync(string path, params (string Name, string Value)[] headers) =>
        StreamAsync(Request(HttpMethod.Get, path, [("Accept", "text/event-stream"), .. headers]), CancellationToken.None);

    public Task<Answer> DeleteAsync(params (string Name, string Value)[] headers) => SendAsync(Request(HttpMethod.Delete, "/mcp", headers));

    /// <summary>Shakes hands and returns the session's id.</summary>
    public async Task<string> InitializeAsync(string version = "2025-11-25", string capabilities = "{}")
    {
        var answer = await PostAsync(McpRequest.Legacy("initialize", Handshake(version, capabilities)));
        answer.ShouldSucceed();
        ((string)answer.Result["protocolVersion"]!).ShouldBe(version);
        return answer.Header("Mcp-Session-Id") ?? throw new InvalidOperationException("No session.");
    }

    public static string Handshake(string version, string capabilities = "{}") =>
        $$$"""{"protocolVersion":"{{{version}}}","capabilities":{{{capabilities}}},"clientInfo":{"name":"tests","version":"1"}}""";

    public HttpRequestMessage Request(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, new Uri(Root, path));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    public void Dispose() => _client.Dispose();

    private async Task<SseReader> StreamAsync(HttpRequestMessage request, CancellationToken abort)
    {
        var response = await RawAsync(request, abort);
        var type = response.Content.Headers.ContentType;
        if (type?.MediaType != "text/event-stream")
            throw new InvalidOperationException($"No stream: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(abort)}");
        type.ShouldBe(new MediaTypeHeaderValue("text/event-stream"));
        return new SseReader(response, await response.Content.ReadAsStreamAsync(abort));
    }

    private Task<HttpResponseMessage> RawAsync(HttpRequestMessage request, CancellationToken abort)
    {
        foreach (var (name, value) in Always)
            request.Headers.TryAddWithoutValidation(name, value);
        return _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, abort);
    }
}
