using Granary.Grains.Contracts;
using Granary.Tenants;

namespace Granary.Grains.Client;

/// <summary>
/// One tenant's commits, heard by this gateway until disposed. It is renewed by itself, so that a grain that does not answer keeps no other tenant waiting. Messages are
/// numbered: a gap, or a renewal that answers with another number than the last one heard, tells the watcher to look again.
/// </summary>
internal sealed class CommitSubscription : IDisposable
{
    private readonly TenantId _tenant;
    private readonly Action<VaultCommitted> _committed;
    private readonly CommitAttempt _attempt;
    private readonly CommitPace _pace;
    private CancellationTokenSource _sooner = new();
    private volatile bool _disposed;
    private long _heard;

    /// <param name="tenant">Whose commits.</param>
    /// <param name="committed">Who watches.</param>
    /// <param name="attempt">Calls the tenant's grain once.</param>
    /// <param name="pace">When to call.</param>
    public CommitSubscription(TenantId tenant, Action<VaultCommitted> committed, CommitAttempt attempt, CommitPace pace)
    {
        _tenant = tenant;
        _committed = committed;
        _attempt = attempt;
        _pace = pace;
        // Of no call's trace: it goes on when the call that opened a stream is long over.
        using (ExecutionContext.SuppressFlow())
            Ended = Task.Run(RunAsync);
    }

    /// <summary>Completes when it is disposed and calls the grain no more.</summary>
    public Task Ended { get; }

    /// <summary>A message came.</summary>
    public void Hear(CommitMessage commit)
    {
        if (commit.Vault.Length == 0)
            RenewSoon();
        // A silo of the version before does not number them.
        else if (commit.Number != 0 && Interlocked.Exchange(ref _heard, commit.Number) != commit.Number - 1)
            LookAgain();
        else if (VaultName.TryParse(commit.Vault, out var vault, out _))
            _committed(new VaultCommitted(_tenant, vault, commit.Head));
    }

    /// <summary>Renews in a moment: the grain may be gone.</summary>
    public void RenewSoon() => Interlocked.Exchange(ref _sooner, new CancellationTokenSource()).Cancel();

    public void Dispose()
    {
        _disposed = true;
        RenewSoon();
    }

    private async Task RunAsync()
    {
        while (!_disposed)
        {
            // Taken before the attempt: what happens during it is a reason for another one.
            var sooner = Volatile.Read(ref _sooner).Token;
            var isSubscribed = await _attempt(_tenant, SubscribeAsync);
            if (isSubscribed)
                await _pace.RenewalAsync(sooner);
            if (!_disposed && (!isSubscribed || sooner.IsCancellationRequested))
                await _pace.SoonAsync();
        }
    }

    private async Task SubscribeAsync(ICommitsGrain grain, ICommitObserver observer)
    {
        try
        {
            var told = await grain.ListenAsync(observer);
            if (Interlocked.Exchange(ref _heard, told) != told)
                LookAgain();
        }
        catch (Exception failure) when (failure is not (SiloUnavailableException or TimeoutException))
        {
            // A silo of the version before has no such call.
            if (await grain.SubscribeAsync(observer))
                LookAgain();
        }
    }

    private void LookAgain() => _committed(new VaultCommitted(_tenant, null, 0));
}

/// <summary>Calls a tenant's grain once; false where that failed.</summary>
internal delegate Task<bool> CommitAttempt(TenantId tenant, Func<ICommitsGrain, ICommitObserver, Task> call);
