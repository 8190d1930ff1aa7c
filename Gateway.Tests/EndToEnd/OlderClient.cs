using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Granary.Gateway.Tests.EndToEnd;

/// <summary>A client of an older revision: replays recorded messages byte for byte, handshake and all, and returns the answers.</summary>
internal abstract class OlderClient : IAsyncDisposable
{
    protected HttpClient Http { get; } = new() { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Sends a request and waits for its answer.</summary>
    public abstract Task<JsonElement> AskAsync(JsonElement request, params (string Name, string Value)[] headers);

    /// <summary>Sends a message that has no answer.</summary>
    public abstract Task TellAsync(JsonElement notification);

    public virtual ValueTask DisposeAsync()
    {
        Http.Dispose();
        return default;
    }

    protected static StringContent Content(JsonElement message) => new(message.GetRawText(), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    protected static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}

/// <summary>Posts to <c>/mcp</c> with the session it was given.</summary>
internal sealed class SessionClient(Uri root) : OlderClient
{
    public string? Session { get; private set; }

    public override async Task<JsonElement> AskAsync(JsonElement request, params (string Name, string Value)[] headers)
    {
        using var response = await PostAsync(request, headers);
        if (response.Headers.TryGetValues("Mcp-Session-Id", out var session))
            Session = session.Single();
        return Parse(await response.Content.ReadAsStringAsync());
    }

    public override async Task TellAsync(JsonElement notification)
    {
        using var response = await PostAsync(notification, []);
        ((int)response.StatusCode).ShouldBe(202);
    }

    private async Task<HttpResponseMessage> PostAsync(JsonElement message, (string Name, string Value)[] headers)
    {
        using var post = new HttpRequestMessage(HttpMethod.Post, new Uri(root, "/mcp")) { Content = Content(message) };
        post.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        if (Session is not null)
            post.Headers.TryAddWithoutValidation("Mcp-Session-Id", Session);
        foreach (var (name, value) in headers)
            post.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(post);
    }
}

/// <summary>Opens <c>/sse</c>, posts to the address it names, and reads the answers from the stream.</summary>
internal sealed class SseClient : OlderClient
{
    private readonly Channel<JsonElement> _answers = Channel.CreateUnbounded<JsonElement>();
    private readonly Uri _root;
    private Uri? _address;
    private readonly CancellationTokenSource _closed = new();
    private Task _reading = Task.CompletedTask;

    private SseClient(Uri root) => _root = root;

    public static async Task<SseClient> OpenAsync(Uri root)
    {
        var client = new SseClient(root);
        var stream = await client.Http.GetStreamAsync(new Uri(root, "/sse"));
        var lines = new StreamReader(stream);
        (await lines.ReadLineAsync()).ShouldBe("event: endpoint");
        client._address = new Uri(root, (await lines.ReadLineAsync())!["data: ".Length..]);
        client._reading = client.ReadAsync(lines);
        return client;
    }

    public override async Task<JsonElement> AskAsync(JsonElement request, params (string Name, string Value)[] headers)
    {
        await TellAsync(request);
        return await _answers.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));
    }

    public override async Task TellAsync(JsonElement notification)
    {
        using var response = await Http.PostAsync(_address.ShouldNotBeNull(_root.ToString()), Content(notification));
        ((int)response.StatusCode).ShouldBe(202);
    }

    public override async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await _reading;
        _closed.Dispose();
        await base.DisposeAsync();
    }

    private async Task ReadAsync(StreamReader lines)
    {
        try
        {
            using (lines)
            {
                while (await lines.ReadLineAsync(_closed.Token) is { } line)
                {
                    if (line.StartsWith("data: ", StringComparison.Ordinal))
                        _answers.Writer.TryWrite(Parse(line["data: ".Length..]));
                }
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            // The client was closed.
        }
    }
}
