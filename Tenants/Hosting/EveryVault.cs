using System.Runtime.CompilerServices;

namespace Granary.Tenants.Hosting;

/// <summary>Goes through the vaults of all tenants: what a process does to each of them in the background begins here.</summary>
public static class EveryVault
{
    /// <summary>Each vault of each tenant, a page at a time; ends early when another process has taken over.</summary>
    /// <param name="stores">Where the vaults are.</param>
    /// <param name="left">A tenant whose vaults are left out; null for none.</param>
    /// <param name="isMine">Whether this process still does it.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="TenantException">The list is unavailable.</exception>
    public static async IAsyncEnumerable<(TenantId Tenant, VaultName Vault)> EveryVaultAsync(
        this IVaultStores stores, TenantId? left, Func<bool> isMine, [EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var tenant in stores.TenantsAsync(stop))
        {
            VaultName? after = null;
            if (tenant == left)
                continue;
            do
            {
                var page = await stores.ListAsync(tenant, new VaultListing { After = after }, stop);
                foreach (var vault in page.Vaults)
                {
                    if (!isMine())
                        yield break;
                    yield return (tenant, vault);
                }
                after = page.Next;
            }
            while (after is not null);
        }
    }
}
