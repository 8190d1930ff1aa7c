using System.Threading.RateLimiting;
using Granary.Tenants.Vaults.Signing;
using Granary.Vault.Storage;

namespace Granary.Tenants.Hosting;

/// <summary>
/// Bounds how many vaults a tenant may have, and how fast it makes them: 200 at once, then two a second, so that a program that makes vaults in a loop is stopped long
/// before it has used up what the tenant may have. They are counted when one is made, which is rare; two that are made at once may both be the last one. And how many events
/// each of them may have.
/// </summary>
public sealed class VaultQuota : IVaultStores, IDisposable
{
    private const int AtOnce = 200;
    private const int ASecond = 2;

    private readonly IVaultStores _stores;
    private readonly int _vaults;
    private readonly PartitionedRateLimiter<TenantId> _pace = PartitionedRateLimiter.Create<TenantId, TenantId>(
        tenant => RateLimitPartition.GetTokenBucketLimiter(tenant, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = AtOnce, TokensPerPeriod = ASecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0,
        }));

    private readonly long _events;

    private readonly MountedVault? _inPlace;

    private VaultQuota(IVaultStores stores, int vaults, long events, MountedVault? inPlace) => (_stores, _vaults, _events, _inPlace) = (stores, vaults, events, inPlace);

    /// <summary>Puts a bound on what is made in some stores.</summary>
    /// <param name="stores">The stores.</param>
    /// <param name="vaults">How many vaults a tenant may have; 0 for any number.</param>
    /// <param name="events">How many events one vault may have; 0 for any number.</param>
    /// <param name="inPlace">A folder that is its owner's and not the tenant's: its events are not counted.</param>
    public static IVaultStores Over(IVaultStores stores, int vaults, long events = 0, MountedVault? inPlace = null) =>
        vaults > 0 || events > 0 ? new VaultQuota(stores, vaults, events, inPlace) : stores;

    /// <inheritdoc />
    public ITenantSecrets? Secrets => _stores.Secrets;

    /// <inheritdoc />
    public IVaultStore Create(TenantId tenant, VaultName vault) =>
        new Counted(_stores.Create(tenant, vault), cancellation => RequireRoomAsync(tenant, vault, cancellation), EventsOf(tenant, vault));

    /// <inheritdoc />
    public Task<VaultPage> ListAsync(TenantId tenant, VaultListing listing, CancellationToken cancellation) => _stores.ListAsync(tenant, listing, cancellation);

    /// <inheritdoc />
    public Task<long> CountAsync(TenantId tenant, CancellationToken cancellation) => _stores.CountAsync(tenant, cancellation);

    /// <inheritdoc />
    public IAsyncEnumerable<TenantId> TenantsAsync(CancellationToken cancellation) => _stores.TenantsAsync(cancellation);

    private long EventsOf(TenantId tenant, VaultName vault) => vault == AuditVault.Name || _inPlace?.Is(tenant, vault) == true ? 0 : _events;

    private async Task RequireRoomAsync(TenantId tenant, VaultName vault, CancellationToken cancellation)
    {
        // A tenant that has used up what it may have is recorded all the same.
        if (_vaults == 0 || vault == AuditVault.Name)
            return;
        // A name is the first of those that begin with it. Where it exists, that is the answer, not the quota.
        var same = await _stores.ListAsync(tenant, new VaultListing { Prefix = vault.Value, Limit = 1 }, cancellation);
        if (same.Vaults.Contains(vault))
            return;
        if (await _stores.CountAsync(tenant, cancellation) is var count && count >= _vaults)
        {
            throw new TenantException(
                TenantFailure.StorageRefused,
                $"This tenant has {count} vaults, and may have {_vaults}: use one of them, or have the operator raise GRANARY_MAX_VAULTS_PER_TENANT. Nothing was made.");
        }
        using var lease = _pace.AttemptAcquire(tenant);
        if (!lease.IsAcquired)
        {
            throw new TenantException(
                TenantFailure.Busy, $"This tenant makes vaults too fast: {AtOnce} at once and {ASecond} a second after that; try again in a second. Nothing was made.",
                TimeSpan.FromSeconds(1));
        }
    }

    /// <inheritdoc />
    public void Dispose() => _pace.Dispose();

    private sealed class Counted(IVaultStore store, Func<CancellationToken, Task> requireRoom, long events) : IVaultStore
    {
        public async Task CreateAsync(VaultBirth birth, CancellationToken cancellation)
        {
            await requireRoom(cancellation);
            await store.CreateAsync(birth, cancellation);
        }

        public async Task<IVaultLog> OpenAsync(CancellationToken cancellation)
        {
            var log = await store.OpenAsync(cancellation);
            return events > 0 ? new CountedLog(log, events) : log;
        }
    }
}
