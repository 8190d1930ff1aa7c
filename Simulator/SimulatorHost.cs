using Granary.Simulator.Access;
using Granary.Simulator.Backend;
using Granary.Simulator.Control;
using Granary.Simulator.Events;
using Granary.Simulator.Faults;
using Granary.Simulator.Traffic;
using Granary.Simulator.World;

namespace Granary.Simulator;

/// <summary>A simulated Instana backend: a program, or a part of a test.</summary>
public sealed class SimulatorHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SimulatorHost(WebApplication app, FaultPlan faults, RequestLog requests)
    {
        _app = app;
        Faults = faults;
        Requests = requests;
        Url = new Uri(app.Urls.First());
    }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>What is to go wrong.</summary>
    public FaultPlan Faults { get; }

    /// <summary>What was asked.</summary>
    public RequestLog Requests { get; }

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
        var faults = new FaultPlan();
        var requests = new RequestLog();
        var app = builder.Build();
        ControlEndpoints.Map(app, faults, requests);
        // The order is a real backend's: what is refused is counted too, and a fault needs no valid token.
        app.UseWhen(IsApi, api =>
        {
            api.Use(requests.RecordAsync);
            api.Use(new RateLimiter(options).LimitAsync);
            api.Use(new FaultInjector(faults, options.Time).InjectAsync);
            api.Use(new AccessCheck(options).CheckAsync);
        });
        var world = new EventWorld(options.Seed);
        BackendEndpoints.Map(app);
        EventEndpoints.Map(app, world, options.Time);
        await app.StartAsync();
        return new SimulatorHost(app, faults, requests);
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
