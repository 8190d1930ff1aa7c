using System.Collections.Immutable;

namespace Granary.Tenants.Hosting;

/// <summary>
/// Who in this process watches which tenant. Commits made here are told here and handed to the feed; the feed is subscribed to for a tenant
/// as long as anybody watches it.
/// </summary>
public sealed class CommitWatchers(ICommitFeed? feed)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TenantId, Topic> _topics = [];

    /// <summary>See <see cref="ITenants.Watch"/>.</summary>
    public IDisposable Watch(TenantId tenant, Action<VaultCommitted> committed)
    {
        lock (_lock)
        {
            if (!_topics.TryGetValue(tenant, out var topic))
            {
                topic = _topics[tenant] = new Topic();
                topic.Subscription = feed?.Subscribe(tenant, topic.Tell);
            }
            topic.Watchers = topic.Watchers.Add(committed);
        }
        return new Watching(this, tenant, committed);
    }

    /// <summary>A commit was made here.</summary>
    public void Committed(VaultCommitted commit)
    {
        Topic? topic;
        lock (_lock)
            _topics.TryGetValue(commit.Tenant, out topic);
        topic?.Tell(commit);
        feed?.Publish(commit);
    }

    private void Leave(TenantId tenant, Action<VaultCommitted> committed)
    {
        IDisposable? subscription = null;
        lock (_lock)
        {
            if (!_topics.TryGetValue(tenant, out var topic))
                return;
            topic.Watchers = topic.Watchers.Remove(committed);
            if (topic.Watchers.IsEmpty && _topics.Remove(tenant))
                subscription = topic.Subscription;
        }
        subscription?.Dispose();
    }

    private sealed class Topic
    {
        public ImmutableArray<Action<VaultCommitted>> Watchers { get; set; } = [];

        public IDisposable? Subscription { get; set; }

        public void Tell(VaultCommitted commit)
        {
            foreach (var watcher in Watchers)
                watcher(commit);
        }
    }

    private sealed class Watching(CommitWatchers owner, TenantId tenant, Action<VaultCommitted> committed) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
                owner.Leave(tenant, committed);
        }
    }
}
