using System.Text;
using System.Text.Json;
using Granary.Instana.Client;
using Granary.Instana.Connections;
using Granary.Instana.Http;
using Granary.Instana.Operations;
using Granary.Simulator;
using Granary.Simulator.Faults;
using Granary.Simulator.Setup;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Instana.Tests.Support;

/// <summary>A simulated backend over real HTTP and a client of it, both on one clock that stands still unless a test moves it.</summary>
internal sealed class Backend : IAsyncDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private readonly InstanaTransport _transport;

    private Backend(SimulatorHost host, FakeTimeProvider time, InstanaOptions options)
    {
        Host = host;
        Time = time;
        Options = options with { AllowedHosts = HostAllowList.Parse([host.Url.GetLeftPart(UriPartial.Authority)]) };
        InstanaTransport.TryCreate(Options, out var transport, out var problem).ShouldBeTrue(problem);
        _transport = transport!;
        Client = For(new ApiTokenCredential("tok-1"));
    }

    public SimulatorHost Host { get; }

    public FakeTimeProvider Time { get; }

    public InstanaOptions Options { get; }

    public InstanaClient Client { get; }

    /// <summary>No retries and a clock at noon, unless the options say otherwise.</summary>
    public static async Task<Backend> StartAsync(InstanaOptions? options = null, SimulatorOptions? simulator = null, DateTimeOffset? at = null)
    {
        var time = new FakeTimeProvider(at ?? Noon);
        var host = await SimulatorHost.StartAsync((simulator ?? new SimulatorOptions()) with { Port = 0, Time = time });
        return new Backend(host, time, options ?? new InstanaOptions { Retry = new RetryOptions { MaxRetries = 0 } });
    }

    public InstanaClient For(InstanaCredential credential, TimeProvider? time = null)
    {
        InstanaConnection.TryCreate(Host.Url.ToString(), credential, Options, out var connection, out var problem).ShouldBeTrue(problem);
        return new InstanaClient(connection!, Options, _transport, time ?? Time);
    }

    public void Fault(FaultKind kind, int count = 1) => Host.Faults.Add(new Fault(kind) { Count = count });

    public Task<Answer> AskAsync(string operation, string json = "{}", CancellationToken cancellation = default) =>
        AskAsync(Client, operation, json, cancellation);

    public static async Task<Answer> AskAsync(InstanaClient client, string operation, string json = "{}", CancellationToken cancellation = default) =>
        await AskAsync(client, new InstanaCall("manage_events", null, operation, Encoding.UTF8.GetBytes(json)), cancellation);

    public static async Task<Answer> AskAsync(InstanaClient client, InstanaCall call, CancellationToken cancellation = default)
    {
        var result = await InstanaTools.ExecuteAsync(call, client, cancellation);
        using var document = JsonDocument.Parse(result.Json);
        return new Answer(document.RootElement.Clone(), result.IsError);
    }

    public async ValueTask DisposeAsync()
    {
        _transport.Dispose();
        await Host.DisposeAsync();
    }
}

/// <summary>What an operation answered.</summary>
internal sealed record Answer(JsonElement Json, bool IsError)
{
    public string Text => Json.GetRawText();

    /// <summary>A member of the results, or of the envelope.</summary>
    public JsonElement this[string name] => Results.ValueKind == JsonValueKind.Object && Results.TryGetProperty(name, out var value) ? value : Json.GetProperty(name);

    public JsonElement Results => Json.TryGetProperty("results", out var results) ? results : default;

    public bool Has(string name) => Json.TryGetProperty(name, out _) || (Results.ValueKind == JsonValueKind.Object && Results.TryGetProperty(name, out _));

    public IReadOnlyList<JsonElement> List(string name) => [.. this[name].EnumerateArray()];
}
