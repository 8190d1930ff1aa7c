using System.Collections.Concurrent;
using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Tenants;
using Granary.Tenants.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Client;

/// <summary>
/// Hears of commits in the cluster: one observer for this gateway, subscribed for each tenant that is watched here and renewed every few seconds.
/// A renewal that finds itself unknown (the silo that kept it is gone) tells the watchers to look again.
/// </summary>
internal sealed partial class ClusterCommitFeed : ICommitFeed, ICommitObserver, IAsyncDisposable
{
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(5);

    private readonly IClusterClient _client;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<TenantId, Action<VaultCommitted>> _watched = new();
    private readonly ITimer _renewal;
    private readonly Lazy<ICommitObserver> _self;
    private int _renewing;

    public ClusterCommitFeed(IClusterClient client, TimeProvider time, ILogger<ClusterCommitFeed> log)
    {
        _client = client;
        _time = time;
        _log = log;
        _self = new Lazy<ICommitObserver>(() => _client.CreateObjectReference<ICommitObserver>(this));
        _renewal = time.CreateTimer(_ => _ = RenewAsync(), null, Renewal, Renewal);
    }

    public void Publish(VaultCommitted commit)
    {
        // The silo that made the commit has said so already.
    }

    public IDisposable Subscribe(TenantId tenant, Action<VaultCommitted> committed)
    {
        _watched[tenant] = committed;
        _ = SubscribeAsync(tenant, committed);
        return new Watched(this, tenant, committed);
    }

    public Task CommittedAsync(CommitMessage commit)
    {
        if (TenantId.TryParse(commit.Tenant, out var tenant, out _) && VaultName.TryParse(commit.Vault, out var vault, out _)
            && _watched.TryGetValue(tenant, out var committed))
            committed(new VaultCommitted(tenant, vault, commit.Head));
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => _renewal.DisposeAsync();

    private async Task RenewAsync()
    {
        if (Interlocked.Exchange(ref _renewing, 1) == 1)
            return;
        await Parallel.ForEachAsync(_watched, async (watched, _) => await SubscribeAsync(watched.Key, watched.Value));
        Interlocked.Exchange(ref _renewing, 0);
    }

    private async Task SubscribeAsync(TenantId tenant, Action<VaultCommitted> committed)
    {
        try
        {
            CallContext.Set(tenant, _time.GetUtcNow() + Renewal);
            if (await _client.GetGrain<ICommitsGrain>(tenant.Value).SubscribeAsync(_self.Value))
                committed(new VaultCommitted(tenant, null, 0));
            if (!_watched.ContainsKey(tenant))
                await UnsubscribeAsync(tenant);
        }
        catch (Exception failure)
        {
            // The next renewal tries again, and finds itself unknown if anything was missed.
            LogDeaf(failure, tenant.Value);
        }
    }

    private async Task UnsubscribeAsync(TenantId tenant)
    {
        try
        {
            CallContext.Set(tenant, _time.GetUtcNow() + Renewal);
            await _client.GetGrain<ICommitsGrain>(tenant.Value).UnsubscribeAsync(_self.Value);
        }
        catch (Exception failure)
        {
            LogDeaf(failure, tenant.Value);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "The subscription to commits of tenant {Tenant} could not be changed")]
    private partial void LogDeaf(Exception failure, string tenant);

    private sealed class Watched(ClusterCommitFeed feed, TenantId tenant, Action<VaultCommitted> committed) : IDisposable
    {
        public void Dispose()
        {
            if (feed._watched.TryRemove(new KeyValuePair<TenantId, Action<VaultCommitted>>(tenant, committed)))
                _ = feed.UnsubscribeAsync(tenant);
        }
    }
}
