using System.Collections.Concurrent;
using System.Threading.Channels;
using Granary.Gateway.Invocation;
using Granary.Tenants;

namespace Granary.Gateway.Protocol.Push;

/// <summary>What changed. A resource belongs to a tenant; the lists are the same for all.</summary>
internal enum ChangeKind
{
    Tools,
    Prompts,
    Resources,
    Resource,
}

internal readonly record struct Change(ChangeKind Kind, TenantId Tenant, string Uri);

/// <summary>
/// Hands changes to the streams of this gateway that listen. A listener that does not keep up loses the oldest changes: each one says only
/// "look again", so nothing is lost that a look would not show.
/// </summary>
internal sealed class ChangeHub : IChanges
{
    private readonly ConcurrentDictionary<Listener, byte> _listeners = new();

    public void ToolsChanged() => Publish(new Change(ChangeKind.Tools, default, ""));

    public void PromptsChanged() => Publish(new Change(ChangeKind.Prompts, default, ""));

    public void ResourcesChanged() => Publish(new Change(ChangeKind.Resources, default, ""));

    public void ResourceUpdated(TenantId tenant, string uri) => Publish(new Change(ChangeKind.Resource, tenant, uri));

    /// <summary>Listens to what <paramref name="wanted"/> accepts until the listener is disposed.</summary>
    public Listener Listen(Predicate<Change> wanted)
    {
        var listener = new Listener(this, wanted);
        _listeners[listener] = 0;
        return listener;
    }

    private void Publish(Change change)
    {
        foreach (var (listener, _) in _listeners)
            listener.Offer(change);
    }

    internal sealed class Listener(ChangeHub hub, Predicate<Change> wanted) : IDisposable
    {
        private const int Backlog = 256;

        private readonly Channel<Change> _changes = Channel.CreateBounded<Change>(
            new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

        public ChannelReader<Change> Changes => _changes.Reader;

        public void Offer(Change change)
        {
            if (wanted(change))
                _changes.Writer.TryWrite(change);
        }

        public void Dispose()
        {
            hub._listeners.TryRemove(this, out _);
            _changes.Writer.TryComplete();
        }
    }
}
