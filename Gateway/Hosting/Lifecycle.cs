using Granary.Gateway.Audit;
using Granary.Gateway.Configuration;
using Granary.Gateway.Health;
using Granary.Gateway.Protocol.Http;
using Granary.Hosting.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Granary.Gateway.Hosting;

/// <summary>
/// Starts and stops in order. What SIGTERM does first is <see cref="Granary.Hosting.Lifecycle.SignalLifetime"/>'s; then there are no new connections, streams
/// are completed, calls under way finish.
/// </summary>
internal sealed partial class Lifecycle(
    IHostApplicationLifetime lifetime,
    IServer server,
    GatewayOptions options,
    GatewayState state,
    InFlight inFlight,
    AuditTrail audit,
    ILogger<Lifecycle> log) : IHostedLifecycleService
{
    private readonly ILogger<Lifecycle> _log = log;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        UnknownSettings.Warn(_log, options.UnknownSettings);
        lifetime.ApplicationStopping.Register(state.Stop);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        state.Started();
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        foreach (var address in addresses)
            LogListening(address);
        if (!options.Authenticates)
            LogAnonymous(options.IsLoopback ? "on loopback" : "that can reach it");
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await inFlight.DrainAsync(cancellationToken);
        await audit.FlushAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        LogStopped();
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Listening on {Address}/mcp")]
    private partial void LogListening(string address);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "No access control: everyone {Reach} is the tenant 'default'. Give the gateway keys with --api-keys FILE.")]
    private partial void LogAnonymous(string reach);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopped")]
    private partial void LogStopped();
}
