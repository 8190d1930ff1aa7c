using Granary.Grains.Calls;
using Granary.Silo.Configuration;
using Granary.Silo.Health;
using Granary.Vault.Redis.Connections;

namespace Granary.Silo.Hosting;

/// <summary>
/// Starts and stops in order. On SIGTERM: not ready first, then calls that outlast a message finish and are fetched, and only then Orleans
/// deactivates the grains and leaves the cluster.
/// </summary>
internal sealed partial class SiloLifecycle(
    SiloSettings options, SiloState state, LongCalls calls, RedisGreeting greeting, TimeProvider time, ILogger<SiloLifecycle> log) : IHostedLifecycleService
{
    private readonly ILogger<SiloLifecycle> _log = log;

    /// <summary>Nothing starts before Redis answers: membership would give up.</summary>
    public Task StartingAsync(CancellationToken cancellationToken) => greeting.WaitAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        state.Started();
        LogReady(options.Address.ToString(), options.SiloPort, options.GatewayPort, options.Cluster.ClusterId);
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        state.Drain();
        LogDraining(calls.Count);
        await Task.WhenAny(Task.Delay(options.DrainDelay, time, cancellationToken));
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
    private partial void LogReady(string address, int siloPort, int gatewayPort, string cluster);

    [LoggerMessage(2, LogLevel.Information, "Not ready from now on; {Calls} long calls under way")]
    private partial void LogDraining(int calls);

    [LoggerMessage(3, LogLevel.Information, "Left the cluster")]
    private partial void LogStopped();
}
