using Granary.Vault.Storage;

namespace Granary.Tenants.Hosting;

/// <summary>
/// Bounds how many vaults a tenant may have. They are counted when one is made, which is rare; two that are made at once may both be the last one.
/// </summary>
public sealed class VaultQuota : IVaultStores
{
    private const int Page = 1000;

    private readonly IVaultStores _stores;
    private readonly int _vaults;

    private VaultQuota(IVaultStores stores, int vaults) => (_stores, _vaults) = (stores, vaults);

    /// <summary>Puts a bound on what is made in some stores.</summary>
    /// <param name="stores">The stores.</param>
    /// <param name="vaults">How many vaults a tenant may have; 0 for any number.</param>
    public static IVaultStores Over(IVaultStores stores, int vaults) => vaults > 0 ? new VaultQuota(stores, vaults) : stores;

    /// <inheritdoc />
    public IVaultStore Create(TenantId tenant, VaultName vault) =>
        new Counted(_stores.Create(tenant, vault), cancellation => RequireRoomAsync(tenant, vault, cancellation));

    /// <inheritdoc />
    public Task<VaultPage> ListAsync(TenantId tenant, VaultListing listing, CancellationToken cancellation) => _stores.ListAsync(tenant, listing, cancellation);

    private async Task RequireRoomAsync(TenantId tenant, VaultName vault, CancellationToken cancellation)
    {
        var count = 0;
        for (VaultName? after = null; ;)
        {
            var page = await _stores.ListAsync(tenant, new VaultListing { After = after, Limit = Page }, cancellation);
            // Whoever makes a vault that is there is told that instead.
            if (page.Vaults.Contains(vault))
                return;
            count += page.Vaults.Count;
            if (count >= _vaults)
            {
                throw new TenantException(
                    TenantFailure.StorageRefused,
                    $"This tenant has {count} vaults, and may have {_vaults}: use one of them, or have the operator raise GRANARY_MAX_VAULTS_PER_TENANT. Nothing was made.");
            }
            if (page.Next is null)
                return;
            after = page.Next;
        }
    }

    private sealed class Counted(IVaultStore store, Func<CancellationToken, Task> requireRoom) : IVaultStore
    {
        public async Task CreateAsync(VaultBirth birth, CancellationToken cancellation)
        {
            await requireRoom(cancellation);
            await store.CreateAsync(birth, cancellation);
        }

        public Task<IVaultLog> OpenAsync(CancellationToken cancellation) => store.OpenAsync(cancellation);
    }
}
