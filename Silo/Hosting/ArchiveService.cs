using Granary.Grains.Redis;
using Granary.Grains.WarmUp;
using Granary.Silo.Configuration;
using Granary.Silo.Membership;

namespace Granary.Silo.Hosting;

/// <summary>Moves the cluster's full segments to the archive: one silo goes through all vaults, the same one that has them stamped.</summary>
internal sealed class ArchiveService(
    RedisVaults vaults, SiloSettings settings, IClusterMembershipService membership, ILocalSiloDetails self, TimeProvider time, ILogger<ArchiveSchedule> log)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new ArchiveSchedule(vaults, settings.Archive, () => self.IsFirst(membership.CurrentSnapshot), time, log) { Left = ScratchVault.Tenant, Holds = settings.Holds }.RunAsync(stoppingToken);
}
