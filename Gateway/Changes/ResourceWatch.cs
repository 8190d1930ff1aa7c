using Granary.Gateway.Resources;
using Granary.Tenants;

namespace Granary.Gateway.Changes;

/// <summary>
/// Turns commits into changes of the resources that follow a vault's log. A tenant is watched while a stream of this gateway wants to hear of
/// a resource of it, and no longer: an append nobody listens to costs nothing here.
/// </summary>
internal sealed class ResourceWatch(ChangeHub hub, ITenants tenants, ResourceCatalog catalog)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TenantId, Watched> _watched = [];

    /// <summary>How many tenants are watched.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _watched.Count;
        }
    }

    /// <summary>Opens a stream's ears until disposed.</summary>
    public WatchingListener Listen(IInterest interest) => new(this, hub.Listen(interest));

    private void Follow(TenantId tenant)
    {
        lock (_lock)
        {
            if (!_watched.TryGetValue(tenant, out var watched))
                watched = _watched[tenant] = new Watched(tenants.Watch(tenant, Committed));
            watched.Streams++;
        }
    }

    private void Unfollow(TenantId tenant)
    {
        lock (_lock)
        {
            var watched = _watched[tenant];
            if (--watched.Streams > 0)
                return;
            _watched.Remove(tenant);
            watched.Watch.Dispose();
        }
    }

    private void Committed(VaultCommitted commit)
    {
        if (commit.Vault is not { } vault)
        {
            hub.ResourcesMissed(commit.Tenant);
            return;
        }
        foreach (var uri in catalog.ChangedBy(vault))
            hub.ResourceUpdated(commit.Tenant, uri);
    }

    /// <summary>A stream's listener, which has its tenant watched while it wants any resource.</summary>
    internal sealed class WatchingListener : IChangeListening
    {
        private readonly Lock _lock = new();
        private readonly ResourceWatch _owner;
        private IReadOnlyDictionary<string, string> _known;
        private bool _follows;
        private bool _disposed;

        public WatchingListener(ResourceWatch owner, Listener listener)
        {
            _owner = owner;
            Listener = listener;
            _known = listener.Interest.Resources;
            Refresh(missed: false);
        }

        public Listener Listener { get; }

        /// <summary>The interest changed.</summary>
        /// <param name="missed">True when it may have changed some time ago: what is new in it is told once, for appends in between.</param>
        public void Refresh(bool missed)
        {
            lock (_lock)
            {
                if (_disposed)
                    return;
                var resources = Listener.Interest.Resources;
                if (resources.Count > 0 != _follows)
                    Toggle();
                foreach (var (uri, spelled) in resources)
                {
                    if (missed && !_known.ContainsKey(uri))
                        Listener.Offer(new Change(ChangeKind.Resource, spelled));
                }
                _known = resources;
            }
        }

        public void Dispose()
        {
            lock (_lock)
            {
                if (_disposed)
                    return;
                _disposed = true;
                if (_follows)
                    Toggle();
            }
            Listener.Dispose();
        }

        private void Toggle()
        {
            _follows = !_follows;
            if (_follows)
                _owner.Follow(Listener.Interest.Tenant);
            else
                _owner.Unfollow(Listener.Interest.Tenant);
        }
    }

    private sealed class Watched(IDisposable watch)
    {
        public IDisposable Watch { get; } = watch;

        public int Streams { get; set; }
    }
}
