using System.Net;
using System.Text;
using System.Text.Json;
using Granary.Instana.Client;
using Granary.Instana.Connections;
using Granary.Instana.Http;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Instana.Tests.Support;

/// <summary>A backend without sockets: a test says what it answers, and sees what it was asked.</summary>
internal sealed class FakeBackend : HttpMessageHandler
{
    public FakeBackend(Func<HttpRequestMessage, string?, (int Status, string Body)> answer, InstanaOptions? options = null)
    {
        Answer = answer;
        Options = (options ?? new InstanaOptions { Retry = new RetryOptions { MaxRetries = 0 } }) with { AllowedHosts = HostAllowList.Parse(["unit.example.com"]) };
        Client = Connect("token-1");
    }

    public FakeTimeProvider Time { get; } = new(Backend.Noon);

    public InstanaOptions Options { get; }

    public InstanaClient Client { get; }

    public Func<HttpRequestMessage, string?, (int Status, string Body)> Answer { get; set; }

    /// <summary>Headers of every answer.</summary>
    public Dictionary<string, string> Headers { get; } = [];

    public List<(string Method, string Path, string Query, string? Body, string Token)> Seen { get; } = [];

    /// <summary>Holds answers back until it is set.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public static FakeBackend Saying(string body, int status = 200) => new((_, _) => (status, body));

    public InstanaClient Connect(string token)
    {
        InstanaConnection.TryCreate("https://unit.example.com", new ApiTokenCredential(token), Options, out var connection, out var problem).ShouldBeTrue(problem);
        return new InstanaClient(connection!, Options, new InstanaTransport(this), Time);
    }

    public Task<Answer> AskAsync(string tool, string arguments, InstanaClient? client = null) => AskAsync(tool, JsonDocument.Parse(arguments).RootElement, client);

    public async Task<Answer> AskAsync(string tool, JsonElement arguments, InstanaClient? client = null)
    {
        var call = InstanaTools.Read(tool, arguments, out var refusal);
        var result = call is null ? refusal! : await InstanaTools.ExecuteAsync(call, client ?? Client, default);
        using var document = JsonDocument.Parse(result.Json);
        return new Answer(document.RootElement.Clone(), result.IsError);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken);
        lock (Seen)
            Seen.Add((request.Method.Method, request.RequestUri!.AbsolutePath, request.RequestUri.Query, body, request.Headers.NonValidated["Authorization"].ToString()));
        if (Gate is { } gate)
            await gate.Task.WaitAsync(cancellationToken);
        var (status, text) = Answer(request, body);
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) };
        foreach (var (name, value) in Headers)
            response.Headers.TryAddWithoutValidation(name, value);
        return response;
    }
}
