using Granary.Vault.Reducer;

namespace Granary.Vault.Sync;

/// <summary>Puts events in the order of time and id, save that none comes before the one it follows.</summary>
internal static class CausalOrder
{
    public static List<SyncEvent> Sort(IReadOnlyCollection<SyncEvent> events)
    {
        var ids = events.Select(one => one.Id).ToHashSet(StringComparer.Ordinal);
        var followers = events.Where(Waits).ToLookup(one => one.PreviousId!, StringComparer.Ordinal);
        var ready = new PriorityQueue<SyncEvent, SyncEvent>(Comparer<SyncEvent>.Create(SyncEvent.Compare));
        foreach (var one in events.Where(one => !Waits(one)))
            ready.Enqueue(one, one);
        var sorted = new List<SyncEvent>(events.Count);
        while (ready.TryDequeue(out var next, out _))
        {
            sorted.Add(next);
            foreach (var follower in followers[next.Id])
                ready.Enqueue(follower, follower);
        }
        // Events that follow each other in a circle: their ids cannot be their own, and the checks say so.
        if (sorted.Count < events.Count)
            sorted.AddRange(events.Except(sorted).OrderBy(one => one.Id, Utf8Text.Order));
        return sorted;

        bool Waits(SyncEvent one) => one.PreviousId is { } previous && previous != one.Id && ids.Contains(previous);
    }
}
