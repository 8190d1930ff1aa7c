using Granary.Mcp.Client;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Clients;

/// <summary>A tenant's client: stateless on the newest revision, or with one session for its whole life.</summary>
internal sealed class Agent : IDisposable
{
    private const string Name = "granary-scenarios";

    private readonly HttpClient _http;
    private readonly McpClient _mcp;

    /// <summary>Makes a client that has not called yet.</summary>
    /// <param name="tenant">Its tenant.</param>
    /// <param name="key">Its API key; null where nobody asks.</param>
    /// <param name="era">How it speaks.</param>
    /// <param name="endpoint">The one endpoint.</param>
    /// <param name="backend">The address at which its tenant has its Instana backend; null where it has none.</param>
    public Agent(string tenant, string? key, Era era, Uri endpoint, Uri? backend = null)
    {
        (Tenant, Era) = (tenant, era);
        _http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(60) }) { Timeout = Timeout.InfiniteTimeSpan };
        (string, string)[] access = key is null ? [] : [("Authorization", $"Bearer {key}")];
        _mcp = new McpClient(_http, endpoint, Name)
        {
            Always = backend is null ? access : [.. access, ("instana-base-url", $"{backend}"), ("instana-api-token", tenant)],
        };
    }

    /// <summary>Whom it works for.</summary>
    public string Tenant { get; }

    /// <summary>How it speaks.</summary>
    public Era Era { get; }

    /// <summary>The session of a legacy client, once it is initialized.</summary>
    public string? Session { get; private set; }

    /// <summary>The handshake of a legacy client; the only one it ever makes.</summary>
    public async Task InitializeAsync(CancellationToken cancellation)
    {
        try
        {
            Session = await _mcp.InitializeAsync(cancellation);
        }
        catch (McpRefusedException refused)
        {
            throw new ScenarioException(refused.Message);
        }
    }

    /// <summary>Calls a tool. Failures are answers too; only the end of the run throws.</summary>
    public Task<Answer> CallAsync(string tool, string arguments, TimeSpan limit, CancellationToken cancellation) =>
        AskAsync("tools/call", McpBody.Call(tool, arguments), tool, limit, cancellation);

    /// <summary>Sends a request that names nothing in its headers, for example a subscription of a legacy session.</summary>
    /// <param name="method">The method.</param>
    /// <param name="members">The parameters' members as JSON without braces.</param>
    /// <param name="limit">How long the client waits.</param>
    /// <param name="cancellation">Ends the run.</param>
    public Task<Answer> RequestAsync(string method, string members, TimeSpan limit, CancellationToken cancellation) =>
        AskAsync(method, members, null, limit, cancellation);

    /// <summary>Opens a stream of messages: the body may never end.</summary>
    /// <param name="method">The method of 2026-07-28 whose answer is the stream; a legacy session has one stream for everything.</param>
    /// <param name="members">Its parameters' members as JSON without braces.</param>
    /// <param name="cancellation">Ends the wait for the headers.</param>
    public async Task<HttpResponseMessage> OpenAsync(string method, string members, CancellationToken cancellation)
    {
        using var request = Era == Era.Modern
            ? _mcp.CreatePost(McpHeaders.Modern(method), McpBody.Modern("1", method, members, Name))
            : _mcp.Create(HttpMethod.Get, McpHeaders.Legacy(Session!));
        return await _mcp.OpenAsync(request, cancellation);
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private async Task<Answer> AskAsync(string method, string members, string? named, TimeSpan limit, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(limit);
        try
        {
            return Answers.Read(await _mcp.RequestAsync(method, members, Session, patience.Token, named));
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
}
