using Granary.Instana;
using Granary.Tenants.Vaults;

namespace Granary.Tenants.Hosting;

/// <summary>Names a vault; each call takes its activation and gives it back.</summary>
internal sealed class VaultHandle(ActivationTable<(TenantId, VaultName), VaultActivation> table, (TenantId, VaultName) key) : IVault
{
    public Task<VaultDescription> CreateAsync(VaultCreation creation, CancellationToken cancellation) =>
        CallAsync(vault => vault.CreateAsync(creation, cancellation), cancellation);

    public Task<AppendReceipt> AppendAsync(AppendEvent append, CancellationToken cancellation) =>
        CallAsync(vault => vault.AppendAsync(append, cancellation), cancellation);

    public Task<VaultHead> GetHeadAsync(CancellationToken cancellation) =>
        CallAsync(vault => vault.GetHeadAsync(cancellation), cancellation);

    public Task<VerificationReport> VerifyAsync(IProgress<WorkProgress>? progress, CancellationToken cancellation) =>
        CallAsync(vault => vault.VerifyAsync(progress, cancellation), cancellation);

    public Task<Timeline> QueryTimelineAsync(TimelineQuery query, CancellationToken cancellation) =>
        CallAsync(vault => vault.QueryTimelineAsync(query, cancellation), cancellation);

    public Task<VaultResult> RunAsync(VaultCall call, IProgress<WorkProgress>? progress, CancellationToken cancellation) =>
        CallAsync(vault => vault.RunAsync(call, progress, cancellation), cancellation);

    private async Task<T> CallAsync<T>(Func<VaultActivation, Task<T>> call, CancellationToken cancellation)
    {
        var entry = await table.AcquireAsync(key, cancellation);
        try
        {
            return await call(entry.Value);
        }
        finally
        {
            // Names that were never used must not push vaults in use out of the table.
            table.Release(entry, keep: !entry.Value.IsVoid);
        }
    }
}

/// <summary>Names an Instana connection; each call takes its activation and gives it back.</summary>
internal sealed class InstanaHandle(ActivationTable<(TenantId, InstanaConnection), IInstana> table, (TenantId, InstanaConnection) key) : IInstana
{
    public async Task<InstanaResult> CallAsync(InstanaCall call, CancellationToken cancellation)
    {
        var entry = await table.AcquireAsync(key, cancellation);
        try
        {
            return await entry.Value.CallAsync(call, cancellation);
        }
        finally
        {
            table.Release(entry, keep: true);
        }
    }
}
