using System.Collections.Concurrent;
using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Tenants;
using Granary.Tenants.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Client;

/// <summary>
/// Hears of commits in the cluster: one observer for this gateway, subscribed for each tenant that is watched here. Subscriptions are renewed every
/// few seconds, and soon when one could not be, when silos come and go, or when the grain that keeps it says that it is going. A renewal that finds itself
/// unknown tells the watchers to look again.
/// </summary>
internal sealed partial class ClusterCommitFeed : ICommitFeed, ICommitObserver, IAsyncDisposable
{
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(250);

    private readonly IClusterClient _client;
    private readonly ClusterConnection _silos;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<TenantId, Action<VaultCommitted>> _watched = new();
    private readonly ITimer _renewal;
    private readonly Lazy<ICommitObserver> _self;
    private int _renewing;

    public ClusterCommitFeed(IClusterClient client, ClusterConnection silos, TimeProvider time, ILogger<ClusterCommitFeed> log)
    {
        _client = client;
        _silos = silos;
        _log = log;
        _self = new Lazy<ICommitObserver>(() => _client.CreateObjectReference<ICommitObserver>(this));
        _renewal = time.CreateTimer(_ => _ = RenewAsync(), null, Renewal, Renewal);
        _silos.Changed += OnSilosChanged;
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
        if (commit.Vault.Length == 0)
            RenewSoon();
        else if (TenantId.TryParse(commit.Tenant, out var tenant, out _) && VaultName.TryParse(commit.Vault, out var vault, out _)
            && _watched.TryGetValue(tenant, out var committed))
            committed(new VaultCommitted(tenant, vault, commit.Head));
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _silos.Changed -= OnSilosChanged;
        return _renewal.DisposeAsync();
    }

    private void OnSilosChanged(object? sender, EventArgs e) => RenewSoon();

    private void RenewSoon() => _renewal.Change(Soon, Renewal);

    private async Task RenewAsync()
    {
        if (Interlocked.Exchange(ref _renewing, 1) == 1)
            return;
        var failed = 0;
        await Parallel.ForEachAsync(_watched, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (watched, _) =>
        {
            if (!await SubscribeAsync(watched.Key, watched.Value))
                Interlocked.Increment(ref failed);
        });
        Interlocked.Exchange(ref _renewing, 0);
        if (failed > 0)
            RenewSoon();
    }

    private async Task<bool> SubscribeAsync(TenantId tenant, Action<VaultCommitted> committed)
    {
        try
        {
            CallContext.Set(tenant, Renewal);
            if (await _client.GetGrain<ICommitsGrain>(tenant.Value).SubscribeAsync(_self.Value))
                committed(new VaultCommitted(tenant, null, 0));
            if (!_watched.ContainsKey(tenant))
                await UnsubscribeAsync(tenant);
            return true;
        }
        catch (Exception failure)
        {
            LogDeaf(failure, tenant.Value);
            return false;
        }
    }

    private async Task UnsubscribeAsync(TenantId tenant)
    {
        try
        {
            CallContext.Set(tenant, Renewal);
            await _client.GetGrain<ICommitsGrain>(tenant.Value).UnsubscribeAsync(_self.Value);
        }
        catch (Exception failure)
        {
            // It expires by itself.
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
