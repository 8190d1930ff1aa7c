using System.Diagnostics;
using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Tenants;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Activations;

/// <summary>
/// Tells the tenant's commits grain that a vault grew: the first time at once, then no more than once in a short while, so that a vault that is
/// written hard costs no more messages than one that is not. Never waited for.
/// </summary>
internal sealed partial class CommitAnnouncer(GrainRoute<ICommitsGrain> commits, TenantId tenant, VaultName vault, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    private readonly ILogger _log = log;
    private long _head;
    private int _announcing;

    public void Committed(long from, int count)
    {
        Interlocked.Exchange(ref _head, from + count);
        if (Interlocked.Exchange(ref _announcing, 1) == 0)
            _ = Task.Run(AnnounceAsync);
    }

    private async Task AnnounceAsync()
    {
        // Of no call's trace: it goes on for as long as the vault is written.
        Activity.Current = null;
        long told;
        do
        {
            told = Interlocked.Read(ref _head);
            try
            {
                CallContext.Set(tenant, TimeSpan.FromSeconds(10));
                await commits.To(tenant.Value).PublishAsync(new CommitMessage(tenant.Value, vault.Value, told));
            }
            catch (Exception failure)
            {
                LogUntold(failure, tenant.Value);
            }
            await Task.Delay(Pause, time);
        }
        while (Interlocked.Read(ref _head) != told);
        Interlocked.Exchange(ref _announcing, 0);
        // A commit between the last look and the line above found somebody announcing.
        if (Interlocked.Read(ref _head) != told)
            Committed(Interlocked.Read(ref _head), 0);
    }

    [LoggerMessage(2, LogLevel.Debug, "A commit of tenant {Tenant} was not announced")]
    private partial void LogUntold(Exception failure, string tenant);
}
