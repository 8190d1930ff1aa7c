using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Messaging;

namespace Granary.Grains.Client;

/// <summary>
/// Keeps a connection to every silo. Orleans' client opens one only when a call happens to need it: a gateway that nobody calls while silos are replaced would stay without any, say that
/// it is not ready, and so never be called again; and one without a connection to the silo that has a grain would not notice its death, because its call went through another.
/// </summary>
internal sealed class ClusterReconnect(IClusterClient client, ClusterConnection silos, IServiceProvider services, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(5);

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
                await _changed.WaitAsync(Look, stoppingToken);
                for (; silos.IsLost; await Task.Delay(Pause, time, stoppingToken))
                    await CallAsync();
                var missing = silos.Count > 0 ? await CountAsync() - silos.Count : 0;
                for (var calls = 0; calls < 2 * missing && !stoppingToken.IsCancellationRequested; calls++)
                    await CallAsync();
            }
        }
        finally
        {
            silos.Changed -= Wake;
        }
    }

    private void Wake(object? sender, EventArgs e) => _changed.Release();

    /// <summary>How many silos take calls.</summary>
    private async Task<int> CountAsync()
    {
        try
        {
            return (await services.GetRequiredService<IGatewayListProvider>().GetGateways()).Count;
        }
        catch (Exception)
        {
            // Their list cannot be read now.
            return 0;
        }
    }

    /// <summary>Any call that every silo knows will do. One to another grain each time, for the client goes round the silos by grain.</summary>
    private async Task CallAsync()
    {
        try
        {
            // Not for as long as a message is waited for: one that a silo took with it as it died would keep the next from being found.
            await client.GetGrain<IManagementGrain>(Random.Shared.Next()).GetHosts(onlyActive: true).WaitAsync(Attempt, time);
        }
        catch (Exception)
        {
            // No silo yet; the next call may find one.
        }
    }
}
