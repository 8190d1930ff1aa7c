using Granary.Grains.Calls;
using Granary.Hosting.Configuration;
using Granary.Hosting.Health;
using Granary.Silo.Configuration;
using Granary.Silo.WarmUp;
using Granary.Vault.Redis.Connections;

namespace Granary.Silo.Hosting;

/// <summary>
/// Starts and stops in order. At the start: Redis answers and its vaults are this ring's, the store's code is warm, Orleans joins, the grains' code is warm, and only then the
/// silo is ready. What SIGTERM does first is <see cref="Granary.Hosting.Lifecycle.SignalLifetime"/>'s; then calls that outlast a message finish and are fetched,
/// and only then Orleans deactivates the grains and leaves the cluster.
/// </summary>
internal sealed partial class SiloLifecycle(
    SiloSettings options, ProgramState state, LongCalls calls, RedisGreeting greeting, SiloWarmUp warmUp, ILogger<SiloLifecycle> log)
    : IHostedLifecycleService
{
    private readonly ILogger<SiloLifecycle> _log = log;

    /// <summary>Nothing starts before Redis answers: membership would give up.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        UnknownSettings.Warn(_log, options.UnknownSettings);
        await greeting.WaitAsync(cancellationToken);
        await warmUp.BeforeJoiningAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        LogJoined(options.Address.ToString(), options.SiloPort, options.GatewayPort, options.Cluster.ClusterId);
        await warmUp.BeforeReadyAsync(cancellationToken);
        state.Started();
        LogReady();
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        state.Drain();
        LogDraining(calls.Count);
        // Half of the time is Orleans': activations close their vaults in it.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.ShutdownTimeout / 2);
        await calls.DrainAsync(limit.Token);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        LogStopped();
        return Task.CompletedTask;
    }

    [LoggerMessage(1, LogLevel.Information, "Joined cluster {Cluster} as {Address}:{SiloPort}, gateways on {GatewayPort}")]
    private partial void LogJoined(string address, int siloPort, int gatewayPort, string cluster);

    [LoggerMessage(2, LogLevel.Information, "Not ready from now on; {Calls} long calls under way")]
    private partial void LogDraining(int calls);

    [LoggerMessage(3, LogLevel.Information, "Left the cluster")]
    private partial void LogStopped();

    [LoggerMessage(4, LogLevel.Information, "Ready")]
    private partial void LogReady();
}
