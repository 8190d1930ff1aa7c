using System.Net.Http.Headers;
using Granary.Bench.Setup;
using Granary.Mcp.Client;

namespace Granary.Bench.Mcp;

/// <summary>What happens before and after the load: sessions, vaults, one answer to look at. Nothing here is measured; what fails ends the run.</summary>
internal sealed class GatewayClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly McpClient _mcp;

    /// <summary>A client of the server on a port of this machine.</summary>
    /// <param name="port">The port.</param>
    /// <param name="key">An API key; null where nobody asks.</param>
    public GatewayClient(int port, string? key = null)
    {
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(60) };
        // Ids as long as the generator's: the floor returns one of these answers in its place.
        _mcp = new McpClient(_http, new Uri(_http.BaseAddress, "/mcp"), BenchToolCall.Client) { FirstId = 20_000_000, Always = key is null ? [] : [("X-API-Key", key)] };
    }

    /// <summary>Calls a tool and fails when it fails.</summary>
    public Task<McpReply> CallAsync(string tool, string arguments, CancellationToken cancellation) => CallAsync(null, tool, arguments, cancellation);

    /// <summary>The same inside a session.</summary>
    public async Task<McpReply> CallAsync(string? session, string tool, string arguments, CancellationToken cancellation)
    {
        var answer = await _mcp.CallAsync(tool, arguments, session, cancellation);
        return answer.IsSuccess ? answer : throw new BenchException($"{tool} gave {answer}");
    }

    /// <summary>Opens a session of the older revision; the result is its id.</summary>
    public async Task<string> InitializeAsync(CancellationToken cancellation)
    {
        try
        {
            return await _mcp.InitializeAsync(cancellation);
        }
        catch (McpRefusedException refused)
        {
            throw new BenchException(refused.Message);
        }
    }

    /// <summary>Posts bytes to a path of the floor.</summary>
    public async Task PrimeAsync(string name, McpReply answer, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(answer.Body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(answer.ContentType);
        using var response = await _http.PostAsync(new Uri($"/prime/{name}", UriKind.Relative), content, cancellation);
        response.EnsureSuccessStatusCode();
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();
}
