using Orleans.Concurrency;

namespace Granary.Grains.Contracts;

/// <summary>Which vaults a tenant has; its key is the tenant.</summary>
[Alias("granary.vaults"), GrainInterfaceType("granary.vaults")]
public interface IVaultsGrain : IGrainWithStringKey
{
    /// <summary>A page of names.</summary>
    [Alias("list"), ReadOnly]
    Task<VaultPageMessage> ListAsync(ListingMessage listing, CancellationToken cancellation);
}
