using Granary.Tenants;
using Granary.Tenants.Hosting;

namespace Granary.Gateway.Hosting;

/// <summary>Has the vaults of a standalone gateway stamped; in a cluster silos do it.</summary>
internal sealed class VaultAnchoring(ITenants tenants) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => ((InProcessTenants)tenants).AnchorAsync(stoppingToken);
}
