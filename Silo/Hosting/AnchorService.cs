using Granary.Grains.Client;
using Granary.Grains.Redis;
using Granary.Grains.WarmUp;
using Granary.Silo.Membership;
using Granary.Tenants.Hosting;
using Granary.Tenants.Vaults.Anchoring;

namespace Granary.Silo.Hosting;

/// <summary>
/// Has the cluster's vaults stamped. Of the silos that are active, the one with the lowest address goes through them; each vault's grain asks the authorities
/// itself, wherever it is.
/// </summary>
internal sealed class AnchorService(
    AnchorPlan plan, RedisVaults stores, RedisSilence redis, IGrainFactory grains, IClusterMembershipService membership, ILocalSiloDetails self, TimeProvider time,
    ILogger<AnchorSchedule> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var vaults = new SiloVaults(grains, redis, time);
        return new AnchorSchedule(plan, stores, vaults.Vault, () => self.IsFirst(membership.CurrentSnapshot), time, log) { Left = ScratchVault.Tenant }.RunAsync(stoppingToken);
    }
}
