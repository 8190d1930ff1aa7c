using Granary.Grains.Contracts;
using Granary.Grains.Redis;
using Granary.Tenants;

namespace Granary.Grains.Client;

/// <summary>Vaults as a silo calls them itself: through their grains, wherever those are.</summary>
public sealed class SiloVaults
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IGrainFactory _grains;
    private readonly ClusterCalls _calls;

    /// <summary>Makes no call.</summary>
    public SiloVaults(IGrainFactory grains, RedisSilence redis, TimeProvider time)
    {
        var options = new ClusterClientOptions { Patience = Patience };
        _grains = grains;
        _calls = new ClusterCalls(options, new ClusterConnection(time), redis, new RepeatBudget(options, time), new CallLoad(options), time);
    }

    /// <summary>Names a vault.</summary>
    public IVault Vault(TenantId tenant, VaultName vault) => new ClusterVault(tenant, _grains.GetGrain<IVaultGrain>(GrainKeys.Vault(tenant, vault)), _calls);
}
