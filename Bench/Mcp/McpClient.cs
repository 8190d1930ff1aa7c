using System.Net.Http.Headers;
using System.Text;

namespace Granary.Bench.Mcp;

/// <summary>What happens before and after the load: sessions, vaults, one answer to look at. Nothing here is measured.</summary>
internal sealed class McpClient(int port, string? key = null) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(60) };
    private int _id = 20_000_000;

    /// <summary>Calls a tool and fails when it fails.</summary>
    public async Task<(string ContentType, byte[] Body)> CallAsync(string tool, string arguments, CancellationToken cancellation)
    {
        var body = BenchToolCall.ModernBody(tool, arguments).Replace("{id}", $"{_id++}", StringComparison.Ordinal);
        return Checked(await PostAsync(BenchToolCall.ModernHeaders("tools/call", tool), body, cancellation), tool);
    }

    /// <summary>The same inside a session.</summary>
    public async Task<(string ContentType, byte[] Body)> CallAsync(string session, string tool, string arguments, CancellationToken cancellation)
    {
        var body = $$$"""{"jsonrpc":"2.0","id":{{{_id++}}},"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}}}}""";
        return Checked(await PostAsync(BenchToolCall.LegacyHeaders(session), body, cancellation), tool);
    }

    /// <summary>Opens a session of the older revision; the result is its id.</summary>
    public async Task<string> InitializeAsync(CancellationToken cancellation)
    {
        var body = $$$"""
            {"jsonrpc":"2.0","id":{{{_id++}}},"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"granary-bench","version":"1"} } }
            """;
        var answer = await PostAsync([("Accept", "application/json, text/event-stream")], body, cancellation);
        if (answer.Status != 200 || !answer.Headers.TryGetValues("Mcp-Session-Id", out var sessions))
            throw new BenchException($"initialize gave {answer.Status} and no session: {Encoding.UTF8.GetString(answer.Body)}");
        var session = sessions.First();
        var ready = await PostAsync(BenchToolCall.LegacyHeaders(session), """{"jsonrpc":"2.0","method":"notifications/initialized"}""", cancellation);
        return ready.Status == 202 ? session : throw new BenchException($"notifications/initialized gave {ready.Status}.");
    }

    /// <summary>Posts bytes to a path of the floor.</summary>
    public async Task PrimeAsync(string name, string contentType, byte[] body, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using var response = await _http.PostAsync(new Uri($"/prime/{name}", UriKind.Relative), content, cancellation);
        response.EnsureSuccessStatusCode();
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private async Task<(int Status, string ContentType, byte[] Body, HttpResponseHeaders Headers)> PostAsync(
        (string Name, string Value)[] headers, string body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp");
        request.Content = new StringContent(body, Encoding.UTF8);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (key is not null)
            request.Headers.TryAddWithoutValidation("X-API-Key", key);
        using var response = await _http.SendAsync(request, cancellation);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellation);
        return ((int)response.StatusCode, response.Content.Headers.ContentType?.ToString() ?? "", bytes, response.Headers);
    }

    private static (string ContentType, byte[] Body) Checked(
        (int Status, string ContentType, byte[] Body, HttpResponseHeaders Headers) answer, string tool)
    {
        var text = Encoding.UTF8.GetString(answer.Body);
        return answer.Status == 200 && text.Contains("\"result\"", StringComparison.Ordinal) && !text.Contains("\"isError\":true", StringComparison.Ordinal)
            ? (answer.ContentType, answer.Body)
            : throw new BenchException($"{tool} gave {answer.Status}: {text}");
    }
}
