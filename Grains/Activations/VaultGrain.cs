using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Grains.WarmUp;
using Granary.Tenants;
using Granary.Tenants.Vaults;
using Granary.Tenants.Vaults.Signing;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Granary.Grains.Activations;

/// <summary>
/// Owns a vault's activation while it is used. The only writer as a rule, which is what makes group commits large; the log's fence holds where the
/// rule does not.
/// </summary>
[GrainType("granary.vault"), Reentrant]
internal sealed class VaultGrain(SiloTenants tenants, LongCalls calls, GrainRoute<ICommitsGrain> commits, TimeProvider time, ILogger<VaultGrain> log)
    : Grain, IVaultGrain, ITenantGrain
{
    private VaultActivation _vault = null!;

    public TenantId Tenant { get; private set; }

    public VaultName? Vault { get; private set; }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        Tenant = GrainKeys.Tenant(key);
        var vault = GrainKeys.VaultOf(key);
        Vault = vault;
        var announcer = new CommitAnnouncer(commits, Tenant, vault, time, log);
        _vault = new VaultActivation(
            vault, tenants.Places.Create(Tenant, vault), tenants.Holds.Apply(tenants.Vaults, Tenant, vault), time, log, announcer.Committed,
            new TenantSigner(Tenant, vault, tenants.Places.Secrets));
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => await _vault.DisposeAsync();

    public async Task<VaultMessage> CreateAsync(string retryKey, CancellationToken cancellation) =>
        Messages.From(await UseAsync(AccessRights.Write, vault => vault.CreateAsync(VaultCreation.Default with { RetryKey = retryKey }, cancellation)));

    public async Task<VaultMessage> CreateAsAsync(CreationMessage creation, CancellationToken cancellation) =>
        Messages.From(await UseAsync(AccessRights.Write, vault => vault.CreateAsync(Messages.To(creation), cancellation)));

    public async Task<ReceiptMessage> AppendAsync(AppendMessage append, CancellationToken cancellation) =>
        Messages.From(await UseAsync(AccessRights.Append, vault => vault.AppendAsync(Messages.To(append), cancellation)));

    public async Task<HeadMessage> GetHeadAsync(CancellationToken cancellation) =>
        Messages.From(await UseAsync(AccessRights.All, vault => vault.GetHeadAsync(cancellation)));

    public Task<Partial<VerificationMessage>> VerifyAsync(CancellationToken cancellation) =>
        calls.StartAsync(Tenant, async (progress, abandoned) => Messages.From(await UseAsync(AccessRights.Read, vault => vault.VerifyAsync(progress, abandoned))));

    public Task<Partial<VerificationMessage>> ContinueVerifyAsync(Guid ticket, CancellationToken cancellation) =>
        calls.ContinueAsync<VerificationMessage>(ticket);

    public Task<Partial<TimelineMessage>> QueryTimelineAsync(TimelineQueryMessage query, CancellationToken cancellation)
    {
        var wanted = Messages.To(query);
        return calls.StartAsync(
            Tenant,
            async (_, abandoned) => Messages.From(await UseAsync(AccessRights.Read, vault => vault.QueryTimelineAsync(wanted, abandoned))),
            computes: !wanted.IsShort);
    }

    public Task<Partial<TimelineMessage>> ContinueTimelineAsync(Guid ticket, CancellationToken cancellation) =>
        calls.ContinueAsync<TimelineMessage>(ticket);

    public Task<Partial<VaultResultMessage>> RunAsync(VaultCallMessage call, CancellationToken cancellation)
    {
        CallTrace.Current?.SetTag(CallTrace.Operation, call.Operation);
        return calls.StartAsync(
            Tenant, async (progress, abandoned) => Messages.From(await UseAsync(VaultOperations.Needs(call.Operation), vault => vault.RunAsync(Messages.To(call), progress, abandoned))));
    }

    public Task<Partial<VaultResultMessage>> ContinueRunAsync(Guid ticket, CancellationToken cancellation) =>
        calls.ContinueAsync<VaultResultMessage>(ticket);

    public Task AbandonAsync(Guid ticket)
    {
        calls.Abandon(ticket);
        return Task.CompletedTask;
    }

    public async Task CloseAsync()
    {
        if (Tenant != ScratchVault.Tenant)
            throw new TenantException(TenantFailure.InvalidInput, "Only a scratch vault is closed by who calls it; the silo closes the others when nobody uses them.");
        await _vault.DisposeAsync();
        DeactivateOnIdle();
    }

    /// <summary>A caller with any right to a vault may know its head: <see cref="AccessRights.All"/> takes any right.</summary>
    private async Task<T> UseAsync<T>(AccessRights needed, Func<VaultActivation, Task<T>> use)
    {
        try
        {
            CallContext.Require(needed);
            return await use(_vault);
        }
        finally
        {
            // Names that were never used must not fill the silo.
            if (_vault.IsVoid)
                DeactivateOnIdle();
        }
    }
}
