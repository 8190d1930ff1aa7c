using System.Collections.Concurrent;
using Granary.Simulator.World;

namespace Granary.Simulator.Events;

/// <summary>The events that clients have closed by hand.</summary>
internal sealed class ClosedEvents
{
    private readonly ConcurrentDictionary<string, long> _closed = new(StringComparer.Ordinal);

    public bool IsOpen(WorldEvent item, long now) => item.IsOpenAt(now) && !_closed.ContainsKey(item.Id);

    public string StateOf(WorldEvent item, long now) => _closed.ContainsKey(item.Id) ? "manually closed" : item.IsOpenAt(now) ? "open" : "closed";

    public void Close(string id, long now) => _closed[id] = now;
}
