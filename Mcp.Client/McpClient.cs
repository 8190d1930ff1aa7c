using System.Net.Http.Headers;
using System.Text;

namespace Granary.Mcp.Client;

/// <summary>Sends requests of either era to one endpoint, and returns the answers as they came. How connections are made is the handler's matter.</summary>
/// <param name="http">Sends them; the caller disposes of it.</param>
/// <param name="endpoint">The address of <c>/mcp</c>.</param>
/// <param name="name">The client's name.</param>
public sealed class McpClient(HttpClient http, Uri endpoint, string name)
{
    private int _requests;

    /// <summary>The id of the first request: answers of one length have ids of one length.</summary>
    public int FirstId { get; init; } = 1;

    /// <summary>Headers of every request: a key, a backend's address.</summary>
    public IReadOnlyList<(string Name, string Value)> Always { get; init; } = [];

    /// <summary>Opens a session of the older revision.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="McpRefusedException">The server gave none, or did not take the client's word that it is ready.</exception>
    public async Task<string> InitializeAsync(CancellationToken cancellation)
    {
        var answer = await PostAsync(McpHeaders.Initialize, McpBody.Initialize(NextId(), name), cancellation);
        if (answer is not { Status: 200, Session: { } session })
            throw new McpRefusedException($"initialize gave no session: {answer}");
        var ready = await PostAsync(McpHeaders.Legacy(session), McpBody.Initialized, cancellation);
        return ready.Status == 202 ? session : throw new McpRefusedException($"notifications/initialized gave {ready}");
    }

    /// <summary>Calls a tool.</summary>
    /// <param name="tool">The tool's name.</param>
    /// <param name="arguments">Its arguments as JSON.</param>
    /// <param name="session">The session to call it in; null to call it in 2026-07-28, without one.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<McpReply> CallAsync(string tool, string arguments, string? session, CancellationToken cancellation) =>
        RequestAsync("tools/call", McpBody.Call(tool, arguments), session, cancellation, tool);

    /// <summary>Sends a request.</summary>
    /// <param name="method">The method.</param>
    /// <param name="members">The parameters' own members as JSON without braces; empty for none.</param>
    /// <param name="session">The session; null for 2026-07-28.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="named">The tool, prompt or resource it names; null where it names none.</param>
    public Task<McpReply> RequestAsync(string method, string members, string? session, CancellationToken cancellation, string? named = null) => session is null
        ? PostAsync(McpHeaders.Modern(method, named), McpBody.Modern(NextId(), method, members, name), cancellation)
        : PostAsync(McpHeaders.Legacy(session), McpBody.Legacy(NextId(), method, members), cancellation);

    /// <summary>Sends a message and reads its answer to the end.</summary>
    public async Task<McpReply> PostAsync(IEnumerable<(string Name, string Value)> headers, string body, CancellationToken cancellation)
    {
        using var request = CreatePost(headers, body);
        return await SendAsync(request, cancellation);
    }

    /// <summary>Sends a request and reads its answer to the end.</summary>
    public async Task<McpReply> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var response = await http.SendAsync(request, cancellation);
        return new McpReply(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.ToString() ?? "",
            response.Headers.TryGetValues("Mcp-Session-Id", out var sessions) ? sessions.First() : null,
            await response.Content.ReadAsByteArrayAsync(cancellation))
        {
            RetryAfter = response.Headers.RetryAfter?.Delta,
        };
    }

    /// <summary>Sends a request and returns with the headers: the body may be a stream that never ends.</summary>
    public Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);

    /// <summary>A POST of a message.</summary>
    public HttpRequestMessage CreatePost(IEnumerable<(string Name, string Value)> headers, string body)
    {
        var request = Create(HttpMethod.Post, headers);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        // No charset: the specification's examples have none.
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return request;
    }

    /// <summary>A request without a body: the GET of a session's stream.</summary>
    public HttpRequestMessage Create(HttpMethod method, IEnumerable<(string Name, string Value)> headers)
    {
        var request = new HttpRequestMessage(method, endpoint);
        foreach (var (header, value) in headers.Concat(Always))
            request.Headers.TryAddWithoutValidation(header, value);
        return request;
    }

    private string NextId() => $"{FirstId + Interlocked.Increment(ref _requests) - 1}";
}
