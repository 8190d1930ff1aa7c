using Granary.Gateway.Changes;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Tenants;

namespace Granary.Gateway.Protocol.Legacy.Calls;

/// <summary>The ears of a legacy stream: they follow the session's subscriptions, through whichever gateway those change.</summary>
internal sealed class LegacyListener : IChangeListening
{
    private readonly MemoryLease _lease;
    private volatile ResourceWatch.WatchingListener? _watching;

    /// <param name="watch">Where changes come from.</param>
    /// <param name="tenant">Whose resources.</param>
    /// <param name="hold">Holds the session's memory, and calls back when it changed.</param>
    /// <param name="isReady">False while nothing may be pushed yet.</param>
    public LegacyListener(ResourceWatch watch, TenantId tenant, Func<Action<bool>, MemoryLease> hold, Func<bool> isReady)
    {
        _lease = hold(late => _watching?.Refresh(late));
        _watching = watch.Listen(new LegacyInterest(tenant, _lease.Memory, isReady));
        Listener = _watching.Listener;
        // For a change in between.
        _watching.Refresh(missed: false);
    }

    public Listener Listener { get; }

    public void Dispose()
    {
        _lease.Dispose();
        _watching!.Dispose();
    }
}
