using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Instana;
using Granary.Tenants;

namespace Granary.Grains.Client;

/// <summary>An Instana connection in a silo.</summary>
internal sealed class ClusterInstana(TenantId tenant, ConnectionMessage connection, IInstanaGrain grain, ClusterCalls calls) : IInstana
{
    public async Task<InstanaResult> CallAsync(InstanaCall call, CancellationToken cancellation)
    {
        var message = Messages.From(call, connection);
        return Messages.To(await calls.RunInTurnsAsync(
            tenant, InstanaTools.IsReadOnly(call.Tool, call.Operation) ? CallKind.Read : CallKind.Write,
            token => grain.CallAsync(message, token), grain.ContinueAsync, grain.AbandonAsync, null, cancellation));
    }
}
