using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Instana;
using Granary.Tenants;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Granary.Grains.Activations;

/// <summary>
/// Owns an Instana connection's activation: one rate budget, one breaker and one bound on calls for the whole cluster. It stays where it is while the
/// cluster is balanced: a call that changes something at the backend and is under way could not be begun again elsewhere, and what was learnt of limits
/// and catalogs would be lost.
/// </summary>
[GrainType("granary.instana"), Immovable, Reentrant]
internal sealed class InstanaGrain(SiloTenants tenants, LongCalls calls, TimeProvider time) : Grain, IInstanaGrain, ITenantGrain
{
    private IInstana? _instana;

    public TenantId Tenant { get; private set; }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Tenant = GrainKeys.Tenant(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        (_instana as IDisposable)?.Dispose();
        return Task.CompletedTask;
    }

    public Task<Partial<InstanaResultMessage>> CallAsync(InstanaCallMessage call, CancellationToken cancellation)
    {
        if (GrainKeys.Instana(Tenant, call.Connection) != this.GetPrimaryKeyString())
            throw new TenantException(TenantFailure.InvalidInput, "The call's connection is not the one its grain is for; it was refused.");
        var wanted = Messages.To(call, time.GetUtcNow());
        CallContext.Require(InstanaTools.IsReadOnly(wanted) ? AccessRights.Read : AccessRights.Write, "with the backend");
        var instana = _instana ??= tenants.CreateInstana(Tenant, Messages.To(call.Connection));
        CallTrace.Current?.SetTag(CallTrace.Tool, wanted.Tool).SetTag(CallTrace.Operation, InstanaTools.Find(wanted)?.Name);
        return calls.StartAsync(Tenant, async (_, abandoned) => Messages.From(await instana.CallAsync(wanted, abandoned)));
    }

    public Task<Partial<InstanaResultMessage>> ContinueAsync(Guid ticket, CancellationToken cancellation) =>
        calls.ContinueAsync<InstanaResultMessage>(ticket);

    public Task AbandonAsync(Guid ticket)
    {
        calls.Abandon(ticket);
        return Task.CompletedTask;
    }
}
