using System.Net;
using System.Text;
using System.Text.Json;
using Granary.Simulator.Setup;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Simulator.Tests.Support;

/// <summary>A running simulator at noon of a fixed day, and a client of it.</summary>
internal sealed class Running : IAsyncDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private Running(SimulatorHost host, FakeTimeProvider time)
    {
        Host = host;
        Time = time;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = host.Url };
    }

    /// <summary>A clock at noon of the fixed day.</summary>
    public static FakeTimeProvider Clock() => new(Noon);

    public SimulatorHost Host { get; }

    public FakeTimeProvider Time { get; }

    public HttpClient Http { get; }

    public static async Task<Running> StartAsync(SimulatorOptions? options = null)
    {
        var time = new FakeTimeProvider(Noon);
        return new Running(await SimulatorHost.StartAsync((options ?? new SimulatorOptions()) with { Port = 0, Time = time }), time);
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        var message = new HttpRequestMessage(method, path);
        if (body is not null)
            message.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
            message.Headers.TryAddWithoutValidation(name, value);
        return Http.SendAsync(message);
    }

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null, ("authorization", "apiToken t"));

    public Task<HttpResponseMessage> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body, ("authorization", "apiToken t"));

    public async Task<IReadOnlyList<JsonElement>> ListAsync(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await GetAsync(path);
        response.StatusCode.ShouldBe(expected);
        return [.. (await JsonAsync(response)).EnumerateArray()];
    }

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
    }
}
