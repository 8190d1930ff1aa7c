using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Instana;
using Granary.Instana.Operations;
using Granary.Tenants;

namespace Granary.Grains.Client;

/// <summary>An Instana connection in a silo.</summary>
internal sealed class ClusterInstana(TenantId tenant, ConnectionMessage connection, IInstanaGrain grain, ClusterCalls calls, TimeProvider time) : IInstana
{
    /// <summary>What the caller may do; null where it was not said.</summary>
    public AccessRights? Rights { get; init; }

    public async Task<InstanaResult> CallAsync(InstanaCall call, CancellationToken cancellation)
    {
        if (Rights is { } granted)
            CallContext.Grant(granted);
        return Messages.To(await calls.RunInTurnsAsync(
            tenant, InstanaTools.IsReadOnly(call) ? CallKind.Read : CallKind.Write,
            token => grain.CallAsync(Messages.From(call, connection, time.GetUtcNow()), token), grain.ContinueAsync, grain.AbandonAsync, null, cancellation));
    }
}
