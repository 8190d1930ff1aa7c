using Granary.Grains.Client;
using Granary.Grains.Redis;
using Granary.Tenants;
using Granary.Vault.Redis.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.WarmUp;

/// <summary>Has a gateway call silos before anybody calls it: with a scratch vault, which it takes away again.</summary>
internal sealed partial class ClusterWarmUp(
    IClusterClient client, ClusterCalls calls, ClusterConnection silos, RedisLink link, TimeProvider time, ILogger<ClusterWarmUp> log) : BackgroundService
{
    /// <summary>Silos that do not take it for so long would not be better off without this gateway.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ILogger<ClusterWarmUp> _log = log;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (silos.Count == 0)
            await Task.Delay(Pause, time, stoppingToken);
        var begin = time.GetTimestamp();
        while (!silos.IsWarm)
        {
            try
            {
                await UseAsync(stoppingToken);
                LogWarm((long)time.GetElapsedTime(begin).TotalMilliseconds);
                silos.IsWarm = true;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                if (failure is TenantException { Failure: TenantFailure.StorageRefused } || time.GetElapsedTime(begin) > Patience)
                {
                    LogCold(failure);
                    silos.IsWarm = true;
                }
                LogAgain(failure);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    private async Task UseAsync(CancellationToken cancellation)
    {
        var vault = VaultName.Parse($"gateway-{Guid.NewGuid():N}");
        try
        {
            await using var scratch = ScratchGrain.Through(client, calls, vault);
            await ScratchVault.UseAsync(scratch.Vault, cancellation);
        }
        finally
        {
            await RedisVaults.RemoveScratchAsync(link, ScratchVault.Tenant, vault, time, cancellation);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Warm after {Milliseconds} ms")]
    private partial void LogWarm(long milliseconds);

    [LoggerMessage(2, LogLevel.Warning, "The scratch vault cannot be used; the gateway goes on without it, and its first calls will be slow")]
    private partial void LogCold(Exception failure);

    // Silos that start with the gateway fail it a few times: of interest where somebody looks for it.
    [LoggerMessage(3, LogLevel.Debug, "The scratch vault cannot be used yet")]
    private partial void LogAgain(Exception failure);
}
