using Granary.Simulator.Access;
using Granary.Simulator.Backend;
using Granary.Simulator.Contract;
using Granary.Simulator.Control;
using Granary.Simulator.Faults;
using Granary.Simulator.Setup;
using Granary.Simulator.Traffic;
using Granary.Simulator.World;

namespace Granary.Simulator;

/// <summary>A simulated Instana backend: a program, or a part of a test.</summary>
public sealed class SimulatorHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SimulatorHost(WebApplication app, SimulatorState state)
    {
        _app = app;
        Faults = state.Faults;
        Requests = state.Requests;
        Violations = state.Violations;
        Tokens = state.Tokens;
        Clock = state.Clock;
        Url = new Uri(app.Urls.First());
    }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>What is to go wrong.</summary>
    public FaultPlan Faults { get; }

    /// <summary>What was asked.</summary>
    public RequestLog Requests { get; }

    /// <summary>What clients did that the contract does not allow.</summary>
    public Violations Violations { get; }

    /// <summary>The tokens that are known.</summary>
    public TokenTable Tokens { get; }

    /// <summary>The world's clock.</summary>
    public WorldClock Clock { get; }

    /// <summary>Starts a backend; it answers when the task completes.</summary>
    public static async Task<SimulatorHost> StartAsync(SimulatorOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (options.Logging)
            builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(options.Address, options.Port, listen =>
        {
            if (options.Certificate is { } certificate)
                listen.UseHttps(certificate);
        }));
        var state = new SimulatorState { Clock = new WorldClock(options.Time) };
        foreach (var token in options.Tokens)
            state.Tokens.Set(token);
        var world = new SimulatedWorld(options.Seed, options.Hosts, state.Clock);
        var contract = options.OpenApi is null ? EndpointTable.Read()
            : new OpenApiDocument([options.OpenApi, .. options.Overlay is { } overlay ? [overlay] : Array.Empty<string>()]).Read();
        var check = new ContractCheck(contract, SimulatedBackend.Make(world, state.Clock), state.Violations);
        var app = builder.Build();
        ControlEndpoints.Map(app, state, world);
        // The order is a real backend's: what is refused is counted too, and a fault needs no valid token.
        app.MapWhen(IsApi, api =>
        {
            api.Use(state.Requests.RecordAsync);
            api.Use(new RateLimiter(options, state.Tokens, state.Clock).LimitAsync);
            api.Use(new FaultInjector(state.Faults, contract, state.Clock).InjectAsync);
            api.Use(new AccessCheck(options.Token, state.Tokens).CheckAsync);
            api.Run(check.AnswerAsync);
        });
        await app.StartAsync();
        return new SimulatorHost(app, state);
    }

    /// <summary>Completes when the process is asked to end.</summary>
    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // A test's slow answers must not hold its end.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static bool IsApi(HttpContext context) => context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal);
}
