using System.Diagnostics;
using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Tenants;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Activations;

/// <summary>
/// Tells the tenant's commits grain that a vault grew: the first time at once, then no more than once in a short while, and where nobody listens in a longer one, so that a
/// vault that is written hard costs few messages. No append waits for it. What the grain did not hear is said again, after longer and longer pauses.
/// </summary>
internal sealed partial class CommitAnnouncer(GrainRoute<ICommitsGrain> commits, TenantId tenant, VaultName vault, TimeProvider time, ILogger log)
{
    /// <summary>With pauses that double up to 3 s, this is some 22 s: by then a silo that died is known to be dead.</summary>
    private const int Repeats = 12;
    private const int Doublings = 7;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>So late may be told who begins to listen meanwhile, once.</summary>
    private static readonly TimeSpan UnheardPause = TimeSpan.FromMilliseconds(500);

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
            var isHeard = await TryAsync(told);
            repeats = isHeard is null ? repeats + 1 : 0;
            await Task.Delay(isHeard == false ? UnheardPause : Pause * (1 << Math.Min(repeats, Doublings)), time);
        }
        while (Interlocked.Read(ref _head) != told || repeats is > 0 and <= Repeats);
        Interlocked.Exchange(ref _announcing, 0);
        // A commit between the last look and the line above found somebody announcing.
        if (Interlocked.Read(ref _head) != told)
            Committed(Interlocked.Read(ref _head), 0);
    }

    /// <summary>Whether anybody listens; null where the grain could not be told.</summary>
    private async Task<bool?> TryAsync(long head)
    {
        try
        {
            CallContext.Set(tenant, TimeSpan.FromSeconds(10));
            return await commits.To(tenant.Value).PublishAsync(new CommitMessage(tenant.Value, vault.Value, head));
        }
        catch (Exception failure)
        {
            LogUntold(failure, tenant.Value);
            return null;
        }
    }

    [LoggerMessage(2, LogLevel.Debug, "A commit of tenant {Tenant} was not announced")]
    private partial void LogUntold(Exception failure, string tenant);
}
