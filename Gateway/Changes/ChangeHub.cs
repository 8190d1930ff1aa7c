using System.Collections.Concurrent;
using Granary.Gateway.Invocation;
using Granary.Tenants;

namespace Granary.Gateway.Changes;

/// <summary>What changed. A resource belongs to a tenant; the lists are the same for all.</summary>
internal enum ChangeKind
{
    Tools,
    Prompts,
    Resources,
    Resource,
}

/// <summary>One change, as the stream that wants it calls it.</summary>
internal readonly record struct Change(ChangeKind Kind, string Uri);

/// <summary>Hands changes to the streams of this gateway that want them.</summary>
internal sealed class ChangeHub : IChanges
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<TenantId, ConcurrentDictionary<Listener, byte>> _tenants = new();

    public void ToolsChanged() => ListChanged(ChangeKind.Tools);

    public void PromptsChanged() => ListChanged(ChangeKind.Prompts);

    public void ResourcesChanged() => ListChanged(ChangeKind.Resources);

    public void ResourceUpdated(TenantId tenant, string uri)
    {
        if (!_tenants.TryGetValue(tenant, out var listeners))
            return;
        foreach (var (listener, _) in listeners)
        {
            if (listener.Interest.Resources.TryGetValue(uri, out var spelled))
                listener.Offer(new Change(ChangeKind.Resource, spelled));
        }
    }

    /// <summary>Changes were missed: every resource that anyone of the tenant wants may have changed.</summary>
    public void ResourcesMissed(TenantId tenant)
    {
        if (!_tenants.TryGetValue(tenant, out var listeners))
            return;
        foreach (var (listener, _) in listeners)
        {
            foreach (var spelled in listener.Interest.Resources.Values)
                listener.Offer(new Change(ChangeKind.Resource, spelled));
        }
    }

    /// <summary>Listens until the listener is disposed.</summary>
    public Listener Listen(IInterest interest)
    {
        var listener = new Listener(interest, Leave);
        lock (_lock)
            _tenants.GetOrAdd(interest.Tenant, static _ => new())[listener] = 0;
        return listener;
    }

    private void ListChanged(ChangeKind list)
    {
        foreach (var (_, listeners) in _tenants)
        {
            foreach (var (listener, _) in listeners)
            {
                if (listener.Interest.WantsList(list))
                    listener.Offer(new Change(list, ""));
            }
        }
    }

    private void Leave(Listener listener)
    {
        lock (_lock)
        {
            if (!_tenants.TryGetValue(listener.Interest.Tenant, out var listeners))
                return;
            listeners.TryRemove(listener, out _);
            if (listeners.IsEmpty)
                _tenants.TryRemove(listener.Interest.Tenant, out _);
        }
    }
}
