using Granary.Vault.Canonical;
using Granary.Vault.Reducer;

namespace Granary.Vault.Sync;

/// <summary>
/// The reference's union of two logs (specification 7.1), as a pure function over their lines: by id, sorted by time and id. It verifies nothing:
/// lines from elsewhere go through <see cref="ImportPlanner"/> first. The reference keeps whichever copy it has; here the outcome does not depend on
/// the order or the pairing of logs, as long as an id stands for one content: a redaction in either takes the payload away in both. Of two contents
/// of one id the one that the id follows from stays.
/// </summary>
public static class LogMerge
{
    /// <summary>Brings two logs together.</summary>
    public static MergeResult Merge(IEnumerable<ReadOnlyMemory<byte>> local, IEnumerable<ReadOnlyMemory<byte>> remote)
    {
        var merged = new Dictionary<string, SyncEvent>(StringComparer.Ordinal);
        var conflicts = new SortedSet<string>(StringComparer.Ordinal);
        var malformed = Add(local, merged, conflicts);
        var localCount = merged.Count;
        malformed += Add(remote, merged, conflicts);
        var events = merged.Values.ToList();
        events.Sort(SyncEvent.Compare);
        Redact(events);
        var forks = FindForks(events);
        string[] texts = [.. forks.Select(Describe), .. conflicts];
        return new MergeResult([.. events.Select(one => (ReadOnlyMemory<byte>)one.Line)], merged.Count - localCount, texts, forks, malformed);
    }

    /// <summary>The forks of events in their order: for each actor and predecessor the first event with every later one.</summary>
    internal static IReadOnlyList<ForkRecord> FindForks(IEnumerable<SyncEvent> events)
    {
        var firsts = new Dictionary<(string, string?), string>();
        var forks = new List<ForkRecord>();
        foreach (var one in events)
        {
            if (one.Actor is not { } actor || firsts.TryAdd((actor, one.PreviousId), one.Id))
                continue;
            forks.Add(new ForkRecord(actor, one.PreviousId, firsts[(actor, one.PreviousId)], one.Id));
        }
        return [.. forks.OrderBy(fork => fork.ActorId, Utf8Text.Order).ThenBy(fork => fork.PrevHash ?? "", Utf8Text.Order)];
    }

    private static int Add(IEnumerable<ReadOnlyMemory<byte>> lines, Dictionary<string, SyncEvent> merged, SortedSet<string> conflicts)
    {
        using var scratch = new PooledBuffer(4096);
        var malformed = 0;
        foreach (var line in lines)
        {
            if (SyncEvent.Read(line.Span, scratch) is not { } one)
            {
                malformed++;
                continue;
            }
            if (merged.TryAdd(one.Id, one))
                continue;
            var other = merged[one.Id];
            if (Precedes(one, other))
                merged[one.Id] = one;
            if (!one.IsTombstone && !other.IsTombstone && !one.Line.AsSpan().SequenceEqual(other.Line))
                conflicts.Add(
                    $"Event {one.Id} has two contents; {(one.HasOwnId || other.HasOwnId ? "the one its id follows from is kept" : "its id follows from neither")}.");
        }
        return malformed;
    }

    /// <summary>
    /// Which of two copies is kept, whatever the order in which they come: one whose id is its own, then one with its payload, then the smaller text.
    /// </summary>
    private static bool Precedes(SyncEvent x, SyncEvent y)
    {
        if (x.HasOwnId != y.HasOwnId)
            return x.HasOwnId;
        return x.IsTombstone != y.IsTombstone ? y.IsTombstone : x.Line.AsSpan().SequenceCompareTo(y.Line) < 0;
    }

    private static void Redact(List<SyncEvent> events)
    {
        // In order, so that of several redactions the first one counts.
        var redactions = new Dictionary<string, SyncEvent>(StringComparer.Ordinal);
        foreach (var one in events)
        {
            if (one.Redacts is { } target)
                redactions.TryAdd(target, one);
        }
        for (var i = 0; i < events.Count && redactions.Count > 0; i++)
        {
            if (redactions.TryGetValue(events[i].Id, out var redaction))
                events[i] = events[i].Redact(redaction);
        }
    }

    private static string Describe(ForkRecord fork) =>
        $"The actor {fork.ActorId} has two events after {fork.PrevHash ?? "the beginning"}: {fork.EventAId} and {fork.EventBId}.";
}
