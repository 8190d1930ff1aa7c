using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Granary.Bench.Mcp;

namespace Granary.Scenarios.Clients;

/// <summary>A tenant's client: stateless on the newest revision, or with one session for its whole life.</summary>
internal sealed class Agent : IDisposable
{
    private readonly HttpClient _http;
    private int _lastId;

    /// <summary>Makes a client that has not called yet.</summary>
    /// <param name="tenant">Its tenant.</param>
    /// <param name="key">Its API key; null where nobody asks.</param>
    /// <param name="era">How it speaks.</param>
    /// <param name="endpoint">The one endpoint.</param>
    public Agent(string tenant, string? key, Era era, Uri endpoint)
    {
        (Tenant, Era) = (tenant, era);
        _http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(60) })
        {
            BaseAddress = endpoint,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (key is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Whom it works for.</summary>
    public string Tenant { get; }

    /// <summary>How it speaks.</summary>
    public Era Era { get; }

    /// <summary>The session of a legacy client, once it is initialized.</summary>
    public string? Session { get; private set; }

    /// <summary>The address at which this client's tenant has its Instana backend.</summary>
    public Uri? Backend { get; init; }

    /// <summary>The handshake of a legacy client; the only one it ever makes.</summary>
    public async Task InitializeAsync(CancellationToken cancellation)
    {
        const string Body = """
            {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"granary-scenarios","version":"1"} } }
            """;
        using var answer = await SendAsync(
            Post([("Accept", "application/json, text/event-stream")], Body), HttpCompletionOption.ResponseContentRead, cancellation);
        if (answer.StatusCode != HttpStatusCode.OK || !answer.Headers.TryGetValues("Mcp-Session-Id", out var sessions))
            throw new ScenarioException($"initialize gave {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellation)}");
        Session = sessions.First();
        using var ready = await SendAsync(
            Post(BenchToolCall.LegacyHeaders(Session), """{"jsonrpc":"2.0","method":"notifications/initialized"}"""),
            HttpCompletionOption.ResponseContentRead, cancellation);
    }

    /// <summary>Calls a tool. Failures are answers too; only the end of the run throws.</summary>
    public async Task<Answer> CallAsync(string tool, string arguments, TimeSpan limit, CancellationToken cancellation)
    {
        var id = Interlocked.Increment(ref _lastId);
        var request = Session is null
            ? Post(BenchToolCall.ModernHeaders("tools/call", tool), BenchToolCall.ModernBody(tool, arguments).Replace("{id}", $"{id}", StringComparison.Ordinal))
            : Post(
                BenchToolCall.LegacyHeaders(Session),
                $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}}}}""");
        return await AskAsync(request, limit, cancellation);
    }

    /// <summary>Sends a request of a legacy session, for example a subscription.</summary>
    public Task<Answer> RequestAsync(string method, string parameters, TimeSpan limit, CancellationToken cancellation) => AskAsync(
        Post(
            BenchToolCall.LegacyHeaders(Session!),
            $$"""{"jsonrpc":"2.0","id":{{Interlocked.Increment(ref _lastId)}},"method":"{{method}}","params":{{parameters}}}"""),
        limit,
        cancellation);

    /// <summary>Sends a request and returns with the headers; the body may never end.</summary>
    public Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);

    /// <summary>A POST of a message.</summary>
    public static HttpRequestMessage Post(IEnumerable<(string Name, string Value)> headers, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, default(Uri)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private async Task<Answer> AskAsync(HttpRequestMessage request, TimeSpan limit, CancellationToken cancellation)
    {
        if (Backend is not null)
        {
            request.Headers.Add("instana-base-url", $"{Backend}");
            request.Headers.Add("instana-api-token", Tenant);
        }
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(limit);
        try
        {
            using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, patience.Token);
            var body = await response.Content.ReadAsByteArrayAsync(patience.Token);
            return Answers.Read((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, body);
        }
        catch (HttpRequestException e)
        {
            return new Answer(AnswerKind.TransportError, 0, e.HttpRequestError.ToString(), e.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new Answer(AnswerKind.TimedOut, 0, Message: $"no answer within {limit.TotalSeconds:F0} s");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellation)
    {
        using (request)
            return await _http.SendAsync(request, completion, cancellation);
    }
}
