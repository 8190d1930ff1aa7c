using Granary.Instana.Connections;
using Granary.Instana.Operations;
using Granary.Tenants.Vaults;

namespace Granary.Tenants.Hosting;

/// <summary>Names a vault; each call takes its activation and gives it back.</summary>
internal sealed class VaultHandle(ActivationTable<(TenantId, VaultName), VaultActivation> table, (TenantId, VaultName) key) : IVault
{
    public Task<VaultDescription> CreateAsync(VaultCreation creation, CancellationToken cancellation) =>
        CallAsync("create", vault => vault.CreateAsync(creation, cancellation), cancellation);

    public Task<AppendReceipt> AppendAsync(AppendEvent append, CancellationToken cancellation) =>
        CallAsync("append", vault => vault.AppendAsync(append, cancellation), cancellation);

    public Task<VaultHead> GetHeadAsync(CancellationToken cancellation) =>
        CallAsync("head", vault => vault.GetHeadAsync(cancellation), cancellation);

    public Task<VerificationReport> VerifyAsync(IProgress<WorkProgress>? progress, CancellationToken cancellation) =>
        CallAsync("verify", vault => vault.VerifyAsync(progress, cancellation), cancellation);

    public Task<Timeline> QueryTimelineAsync(TimelineQuery query, CancellationToken cancellation) =>
        CallAsync("timeline", vault => vault.QueryTimelineAsync(query, cancellation), cancellation);

    public Task<VaultResult> RunAsync(VaultCall call, IProgress<WorkProgress>? progress, CancellationToken cancellation) =>
        CallAsync(call.Operation, vault => vault.RunAsync(call, progress, cancellation), cancellation);

    private async Task<T> CallAsync<T>(string operation, Func<VaultActivation, Task<T>> call, CancellationToken cancellation)
    {
        using var span = CallTrace.StartVault(key.Item1, key.Item2, operation);
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
        using var span = CallTrace.StartInstana(key.Item1, call);
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
