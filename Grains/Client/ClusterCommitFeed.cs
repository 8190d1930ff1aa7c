using System.Collections.Concurrent;
using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Tenants;
using Granary.Tenants.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Client;

/// <summary>
/// Hears of commits in the cluster: one observer for this gateway, subscribed for each tenant that is watched here. Subscriptions are renewed every few seconds, and soon
/// when one could not be, when silos come and go, or when the grain that keeps it says that it is going.
/// </summary>
internal sealed partial class ClusterCommitFeed : ICommitFeed, ICommitObserver, IDisposable
{
    /// <summary>How long one attempt may take: a silo that died may have taken the answer with it.</summary>
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(5);

    private readonly IClusterClient _client;
    private readonly ClusterConnection _silos;
    private readonly CommitPace _pace;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<TenantId, CommitSubscription> _watched = new();
    private readonly Lazy<ICommitObserver> _self;

    public ClusterCommitFeed(IClusterClient client, ClusterConnection silos, ClusterClientOptions options, TimeProvider time, ILogger<ClusterCommitFeed> log)
    {
        _client = client;
        _silos = silos;
        _pace = new CommitPace(options, time);
        _log = log;
        _self = new Lazy<ICommitObserver>(() => _client.CreateObjectReference<ICommitObserver>(this));
        _silos.Changed += OnSilosChanged;
    }

    public void Publish(VaultCommitted commit)
    {
        // The silo that made the commit has said so already.
    }

    public IDisposable Subscribe(TenantId tenant, Action<VaultCommitted> committed)
    {
        var subscription = new CommitSubscription(tenant, committed, TryAsync, _pace);
        _watched[tenant] = subscription;
        return new Watched(this, tenant, subscription);
    }

    public Task CommittedAsync(CommitMessage commit)
    {
        if (TenantId.TryParse(commit.Tenant, out var tenant, out _) && _watched.TryGetValue(tenant, out var subscription))
            subscription.Hear(commit);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _silos.Changed -= OnSilosChanged;
        foreach (var (_, subscription) in _watched)
            subscription.Dispose();
    }

    private void OnSilosChanged(object? sender, EventArgs e)
    {
        foreach (var (_, subscription) in _watched)
            subscription.RenewSoon();
    }

    private async Task<bool> TryAsync(TenantId tenant, Func<ICommitsGrain, ICommitObserver, Task> call)
    {
        using var limit = new CallLimit(Attempt, Attempt, mayRepeat: true, _silos.Loss, CancellationToken.None, CancellationToken.None);
        try
        {
            CallContext.Set(tenant, Attempt);
            await call(_client.GetGrain<ICommitsGrain>(tenant.Value), _self.Value).WaitAsync(limit.Token);
            return true;
        }
        catch (Exception failure)
        {
            LogDeaf(failure, tenant.Value);
            return false;
        }
    }

    private async Task LeaveAsync(TenantId tenant, CommitSubscription subscription)
    {
        subscription.Dispose();
        await subscription.Ended;
        // Where this fails, it expires by itself.
        if (!_watched.ContainsKey(tenant))
            await TryAsync(tenant, static (grain, observer) => grain.UnsubscribeAsync(observer));
    }

    [LoggerMessage(1, LogLevel.Debug, "The subscription to commits of tenant {Tenant} could not be changed")]
    private partial void LogDeaf(Exception failure, string tenant);

    private sealed class Watched(ClusterCommitFeed feed, TenantId tenant, CommitSubscription subscription) : IDisposable
    {
        public void Dispose()
        {
            if (feed._watched.TryRemove(new KeyValuePair<TenantId, CommitSubscription>(tenant, subscription)))
                _ = feed.LeaveAsync(tenant, subscription);
        }
    }
}
