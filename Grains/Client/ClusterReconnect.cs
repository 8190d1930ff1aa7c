using Microsoft.Extensions.Hosting;

namespace Granary.Grains.Client;

/// <summary>
/// Connects again once the last silo that was connected is gone. Orleans' client opens connections for calls only: a gateway that nobody happens to call while
/// silos are replaced would stay without one, say that it is not ready, and so never be called again.
/// </summary>
internal sealed class ClusterReconnect(IClusterClient client, ClusterConnection silos, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _changed = new(0);

    public override void Dispose()
    {
        base.Dispose();
        _changed.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        silos.Changed += Wake;
        try
        {
            while (true)
            {
                await _changed.WaitAsync(stoppingToken);
                for (; silos.IsLost; await Task.Delay(Pause, time, stoppingToken))
                    await CallAsync();
            }
        }
        finally
        {
            silos.Changed -= Wake;
        }
    }

    private void Wake(object? sender, EventArgs e) => _changed.Release();

    /// <summary>Any call that every silo knows will do.</summary>
    private async Task CallAsync()
    {
        try
        {
            await client.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);
        }
        catch (Exception)
        {
            // No silo yet; the next call may find one.
        }
    }
}
