using System.Globalization;
using Granary.Tenants;
using Granary.Tenants.Hosting;
using Granary.Vault.Redis.Connections;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Granary.Grains.Redis;

/// <summary>
/// Commits on a channel for each tenant. A busy vault is told of once in ten milliseconds; what is missed while the channel's connection is lost
/// comes afterwards as one "look again".
/// </summary>
public sealed partial class RedisCommitFeed : ICommitFeed, IDisposable
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(10);

    private readonly RedisLink _link;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _self = Guid.NewGuid().ToString("N")[..8];
    private readonly Lock _lock = new();
    private readonly HashSet<Subscription> _subscriptions = [];
    private Dictionary<(TenantId, VaultName), long> _waiting = [];

    /// <summary>Uses a connection that stays its owner's.</summary>
    public RedisCommitFeed(RedisLink link, TimeProvider time, ILogger<RedisCommitFeed> logger)
    {
        _link = link;
        _time = time;
        _logger = logger;
        link.Restored += OnRestored;
    }

    /// <inheritdoc />
    public void Publish(VaultCommitted commit)
    {
        if (commit.Vault is not { } vault)
            return;
        lock (_lock)
        {
            var first = _waiting.Count == 0;
            var key = (commit.Tenant, vault);
            _waiting[key] = Math.Max(commit.Head, _waiting.GetValueOrDefault(key));
            if (first)
                _ = SendLaterAsync();
        }
    }

    /// <inheritdoc />
    public IDisposable Subscribe(TenantId tenant, Action<VaultCommitted> committed)
    {
        var subscription = new Subscription(this, tenant, committed);
        lock (_lock)
            _subscriptions.Add(subscription);
        _ = subscription.StartAsync();
        return subscription;
    }

    /// <summary>Ends the subscriptions that are left.</summary>
    public void Dispose()
    {
        _link.Restored -= OnRestored;
        List<Subscription> left;
        lock (_lock)
            left = [.. _subscriptions];
        left.ForEach(subscription => subscription.Dispose());
    }

    private async Task SendLaterAsync()
    {
        await Task.Delay(Gather, _time);
        Dictionary<(TenantId Tenant, VaultName Vault), long> commits;
        lock (_lock)
            (commits, _waiting) = (_waiting, []);
        try
        {
            foreach (var (key, head) in commits)
            {
                var message = string.Create(CultureInfo.InvariantCulture, $"{_self} {head} {key.Vault.Value}");
                await _link.Subscriber.PublishAsync(Channel(key.Tenant), message, CommandFlags.FireAndForget);
            }
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or ObjectDisposedException)
        {
            // A hint only; those who lost their connection as well look again by themselves.
            LogUnsent(failure);
        }
    }

    private void OnRestored(object? sender, RedisRestoredEventArgs restored)
    {
        if (!restored.OfChannels)
            return;
        List<Subscription> all;
        lock (_lock)
            all = [.. _subscriptions];
        all.ForEach(subscription => subscription.LookAgain());
    }

    private RedisChannel Channel(TenantId tenant) => new($"{_link.Prefix}:commits:{tenant.Value}", RedisChannel.PatternMode.Literal);

    private bool TryRead(string? message, TenantId tenant, out VaultCommitted commit)
    {
        commit = default;
        var parts = message?.Split(' ', 3) ?? [];
        if (parts.Length != 3 || parts[0] == _self)
            return false;
        if (!long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var head) || !VaultName.TryParse(parts[2], out var vault, out _))
            return false;
        commit = new VaultCommitted(tenant, vault, head);
        return true;
    }

    private sealed class Subscription(RedisCommitFeed feed, TenantId tenant, Action<VaultCommitted> committed) : IDisposable
    {
        private volatile bool _ended;
        private Task _started = Task.CompletedTask;

        public async Task StartAsync()
        {
            _started = SubscribeAsync();
            await _started;
            // What was committed before the channel was open was not heard.
            LookAgain();
        }

        public void LookAgain()
        {
            if (!_ended)
                committed(new VaultCommitted(tenant, null, 0));
        }

        public void Dispose()
        {
            _ended = true;
            lock (feed._lock)
                feed._subscriptions.Remove(this);
            _ = EndAsync();
        }

        private async Task SubscribeAsync()
        {
            try
            {
                // The library keeps it over lost connections, and for a Redis that is not there yet.
                await feed._link.Subscriber.SubscribeAsync(feed.Channel(tenant), OnMessage);
            }
            catch (Exception failure) when (failure is RedisException or TimeoutException or ObjectDisposedException)
            {
                feed.LogUnsubscribed(failure, tenant.Value);
            }
        }

        private async Task EndAsync()
        {
            await _started;
            try
            {
                await feed._link.Subscriber.UnsubscribeAsync(feed.Channel(tenant), OnMessage);
            }
            catch (Exception failure) when (failure is RedisException or TimeoutException or ObjectDisposedException)
            {
                feed.LogUnsubscribed(failure, tenant.Value);
            }
        }

        private void OnMessage(RedisChannel channel, RedisValue message)
        {
            if (!_ended && feed.TryRead(message, tenant, out var commit))
                committed(commit);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "Commits were not told to other processes")]
    private partial void LogUnsent(Exception failure);

    [LoggerMessage(2, LogLevel.Debug, "The channel of tenant {Tenant} waits for Redis")]
    private partial void LogUnsubscribed(Exception failure, string tenant);
}
