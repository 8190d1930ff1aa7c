using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Tenants;

namespace Granary.Grains.Client;

/// <summary>The limits that all gateways of the cluster count against. Asked once and not again: a gateway that gets no answer counts for itself meanwhile.</summary>
internal sealed class ClusterLimits(IClusterClient client, ClusterConnection silos) : ISharedLimits
{
    private readonly GrainRoute<ILimitsGrain> _limits = new(client);

    public async Task<LimitGrant> TakeAsync(TenantId tenant, LimitBucket bucket, long wanted)
    {
        if (!silos.IsConnected)
            throw new TenantException(TenantFailure.Unavailable, "No silo is connected.");
        try
        {
            var grant = await _limits.To(tenant.Value).TakeAsync(new LimitMessage(bucket.Name, bucket.Rate, bucket.Burst, wanted));
            return new LimitGrant(grant.Tokens, grant.RetryAfter);
        }
        catch (Exception failure) when (failure is not TenantException)
        {
            // Whatever it was: silos of a version that does not count, one that died, a message that got lost.
            throw new TenantException(TenantFailure.Unavailable, "The silos could not be asked.", inner: failure);
        }
    }
}
