using Granary.Grains.Calls;
using Granary.Grains.Client;
using Granary.Grains.Contracts;
using Granary.Grains.Redis;
using Granary.Tenants;
using Orleans.Core.Internal;
using Orleans.Runtime.Placement;

namespace Granary.Grains.WarmUp;

/// <summary>A scratch vault's grain. Disposed, its activation is closed, and nothing writes to the vault later.</summary>
public sealed class ScratchGrain : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IVaultGrain _grain;

    private ScratchGrain(IGrainFactory grains, VaultName vault, ClusterCalls calls)
    {
        _grain = grains.GetGrain<IVaultGrain>(GrainKeys.Vault(ScratchVault.Tenant, vault));
        Vault = new ClusterVault(ScratchVault.Tenant, _grain, calls);
    }

    /// <summary>The vault.</summary>
    public IVault Vault { get; }

    /// <summary>Names a vault from within a silo; its first call makes its activation there.</summary>
    public static ScratchGrain On(IGrainFactory grains, SiloAddress silo, VaultName vault, TimeProvider time)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
        var options = new ClusterClientOptions { Patience = Patience };
        return new ScratchGrain(
            grains, vault, new ClusterCalls(options, new ClusterConnection(time), new RedisSilence(), new RepeatBudget(options, time), new CallLoad(options), time));
    }

    /// <summary>Names a vault as a gateway does.</summary>
    internal static ScratchGrain Through(IGrainFactory grains, ClusterCalls calls, VaultName vault) => new(grains, vault, calls);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        CallContext.Set(ScratchVault.Tenant, Patience);
        try
        {
            // Not by asking whether the activation is still there: a silo that has once looked it up goes on answering that it is.
            await _grain.CloseAsync();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // A silo of the version before has no such call: there the activation ends by itself.
            await _grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        }
    }
}
