using Granary.Grains.Client;
using Granary.Grains.Contracts;
using Granary.Grains.Redis;
using Granary.Tenants;
using Orleans.Core.Internal;
using Orleans.Runtime.Placement;

namespace Granary.Grains.WarmUp;

/// <summary>A scratch vault's grain. Disposed, its activation is gone, and with it whatever would write to the vault later.</summary>
public sealed class ScratchGrain : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly IGrainFactory _grains;
    private readonly IVaultGrain _grain;
    private readonly TimeProvider _time;

    private ScratchGrain(IGrainFactory grains, VaultName vault, ClusterCalls calls, TimeProvider time)
    {
        _grains = grains;
        _grain = grains.GetGrain<IVaultGrain>(GrainKeys.Vault(ScratchVault.Tenant, vault));
        _time = time;
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
            grains, vault, new ClusterCalls(options, new ClusterConnection(time), new RedisSilence(), new RepeatBudget(options, time), new CallLoad(options), time), time);
    }

    /// <summary>Names a vault as a gateway does.</summary>
    internal static ScratchGrain Through(IGrainFactory grains, ClusterCalls calls, VaultName vault, TimeProvider time) => new(grains, vault, calls, time);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        await _grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        var end = _time.GetTimestamp() + (long)(Patience.TotalSeconds * _time.TimestampFrequency);
        while (_time.GetTimestamp() < end && await _grains.GetGrain<IManagementGrain>(0).GetActivationAddress(_grain) is not null)
            await Task.Delay(Pause, _time);
    }
}
