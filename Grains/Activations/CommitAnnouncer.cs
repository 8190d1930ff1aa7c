using System.Diagnostics;
using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Tenants;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Activations;

/// <summary>
/// Tells the tenant's commits grain that a vault grew: the first time at once, then no more than once in a short while, so that a vault that is
/// written hard costs no more messages than one that is not. No append waits for it. What was not heard is said again, after longer and longer pauses.
/// </summary>
internal sealed partial class CommitAnnouncer(GrainRoute<ICommitsGrain> commits, TenantId tenant, VaultName vault, TimeProvider time, ILogger log)
{
    /// <summary>With pauses that double up to 3 s, this is some 22 s: by then a silo that died is known to be dead.</summary>
    private const int Repeats = 12;
    private const int Doublings = 7;

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
        var repeats = 0;
        long told;
        do
        {
            told = Interlocked.Read(ref _head);
            repeats = await TryAsync(told) ? 0 : repeats + 1;
            await Task.Delay(Pause * (1 << Math.Min(repeats, Doublings)), time);
        }
        while (Interlocked.Read(ref _head) != told || repeats is > 0 and <= Repeats);
        Interlocked.Exchange(ref _announcing, 0);
        // A commit between the last look and the line above found somebody announcing.
        if (Interlocked.Read(ref _head) != told)
            Committed(Interlocked.Read(ref _head), 0);
    }

    private async Task<bool> TryAsync(long head)
    {
        try
        {
            CallContext.Set(tenant, TimeSpan.FromSeconds(10));
            await commits.To(tenant.Value).PublishAsync(new CommitMessage(tenant.Value, vault.Value, head));
            return true;
        }
        catch (Exception failure)
        {
            LogUntold(failure, tenant.Value);
            return false;
        }
    }

    [LoggerMessage(2, LogLevel.Debug, "A commit of tenant {Tenant} was not announced")]
    private partial void LogUntold(Exception failure, string tenant);
}
