using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Tenants;
using Orleans.Concurrency;

namespace Granary.Grains.Activations;

/// <summary>
/// Lists a tenant's vaults, out of the store each time. It holds nothing, so every silo has its own: a call is served where it arrives, and the directory
/// knows of none.
/// </summary>
[GrainType("granary.vaults"), StatelessWorker, Reentrant]
internal sealed class VaultsGrain(SiloTenants tenants) : Grain, IVaultsGrain, ITenantGrain
{
    public TenantId Tenant { get; private set; }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Tenant = GrainKeys.Tenant(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public async Task<VaultPageMessage> ListAsync(ListingMessage listing, CancellationToken cancellation) =>
        Messages.From(await tenants.Places.ListAsync(Tenant, Messages.To(listing), cancellation));
}
