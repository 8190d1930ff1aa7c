using Granary.Grains.Redis;
using Granary.Grains.WarmUp;
using Granary.Silo.Configuration;
using Granary.Tenants;

namespace Granary.Silo.WarmUp;

/// <summary>
/// Has a silo do what its calls will do before anybody calls it: a process that has just begun compiles its code while it answers, and on a busy machine its first answers
/// take seconds. Once before it joins, on the store alone, and once before it is ready, through its grains.
/// </summary>
internal sealed partial class SiloWarmUp(
    SiloSettings settings, RedisVaults places, IGrainFactory grains, ILocalSiloDetails self, TimeProvider time, ILogger<SiloWarmUp> log)
{
    /// <summary>A store that does not take it for so long would not be better with a silo less.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly ILogger<SiloWarmUp> _log = log;

    /// <summary>Without Orleans.</summary>
    public Task BeforeJoiningAsync(CancellationToken cancellation) =>
        RunAsync("store", vault => ScratchVault.UseAsync(places, vault, time, _log, cancellation), cancellation);

    /// <summary>Through a grain on this silo, as a gateway's call comes.</summary>
    public Task BeforeReadyAsync(CancellationToken cancellation) => RunAsync("grains", async vault =>
    {
        await using var scratch = ScratchGrain.On(grains, self.SiloAddress, vault, time);
        await ScratchVault.UseAsync(scratch.Vault, cancellation);
    }, cancellation);

    private Task RemoveAsync(VaultName vault, CancellationToken cancellation) =>
        RedisVaults.RemoveScratchAsync(places.Link, ScratchVault.Tenant, vault, time, cancellation);

    private async Task RunAsync(string what, Func<VaultName, Task> use, CancellationToken cancellation)
    {
        // A name for this silo only, and the same each time: what a silo that was killed has left is taken away by its successor.
        var vault = VaultName.Parse($"{what}-{settings.Address}-{settings.SiloPort}".Replace(':', '-'));
        var begin = time.GetTimestamp();
        while (true)
        {
            try
            {
                await RemoveAsync(vault, cancellation);
                await use(vault);
                await RemoveAsync(vault, cancellation);
                LogWarm(what, (long)time.GetElapsedTime(begin).TotalMilliseconds);
                return;
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                if (failure is TenantException { Failure: TenantFailure.StorageRefused } || time.GetElapsedTime(begin) > Patience)
                {
                    LogCold(failure, what);
                    return;
                }
                LogAgain(failure, what);
                await Task.Delay(Pause, time, cancellation);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Warm ({What}) after {Milliseconds} ms")]
    private partial void LogWarm(string what, long milliseconds);

    [LoggerMessage(2, LogLevel.Warning, "The scratch vault cannot be used ({What}); the silo goes on without it, and its first calls will be slow")]
    private partial void LogCold(Exception failure, string what);

    // A store that starts with the silo fails a few times: of interest where somebody looks for it.
    [LoggerMessage(3, LogLevel.Debug, "The scratch vault cannot be used yet ({What}), and is tried again")]
    private partial void LogAgain(Exception failure, string what);
}
