using Granary.Gateway.Tests.EndToEnd;
using Granary.Instana.Connections;
using Granary.Simulator;
using Granary.Simulator.Setup;

namespace Granary.Gateway.Tests.Tools.Instana;

/// <summary>Simulated backends and a gateway that may call them.</summary>
internal sealed class Backend : IAsyncDisposable
{
    public const string Token = "the-token-of-unit-one";

    private Backend(SimulatorHost simulator, RunningGateway gateway)
    {
        Simulator = simulator;
        Gateway = gateway;
    }

    public SimulatorHost Simulator { get; }

    public RunningGateway Gateway { get; }

    public string Url => Address(Simulator);

    /// <summary>Starts both; a failing read is not tried again unless the test says so.</summary>
    public static async Task<Backend> StartAsync(Func<InstanaOptions, InstanaOptions>? change = null)
    {
        var simulator = await Start(Token, seed: 1);
        return new Backend(simulator, await GatewayTo([simulator], change));
    }

    public static Task<SimulatorHost> Start(string? token, ulong seed) =>
        SimulatorHost.StartAsync(new SimulatorOptions { Port = 0, Token = token, Seed = seed });

    public static string Address(SimulatorHost simulator) => simulator.Url.GetLeftPart(UriPartial.Authority);

    public static Task<RunningGateway> GatewayTo(
        IEnumerable<SimulatorHost> simulators, Func<InstanaOptions, InstanaOptions>? change = null, string? keys = null)
    {
        HostAllowList.TryParse(simulators.Select(Address), out var allowed, out var problem).ShouldBeTrue(problem);
        var options = new InstanaOptions { AllowedHosts = allowed!, Retry = new RetryOptions { MaxRetries = 0 } };
        return RunningGateway.StartAsync(o => o with { Instana = change?.Invoke(options) ?? options, ApiKeyFile = keys });
    }

    /// <summary>Headers with an API token; none for this backend's own.</summary>
    public (string, string)[] Headers(string? token = null, string? url = null) =>
        [("instana-base-url", url ?? Url), ("instana-api-token", token ?? Token)];

    public Task<ToolReply> CallAsync(string operation, string parameters, params (string, string)[] headers) =>
        Gateway.Client.CallAsync(
            "manage_events", $$"""{"operation":"{{operation}}","params":{{parameters}} }""", headers.Length == 0 ? Headers() : headers);

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Simulator.DisposeAsync();
    }
}
