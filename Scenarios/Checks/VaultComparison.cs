using Granary.Scenarios.Clients;
namespace Granary.Scenarios.Checks;

/// <summary>A vault as it is afterwards: every event, and what its own verification says.</summary>
internal sealed record VaultView(string Vault, IReadOnlyList<StoredEvent> Events, bool Valid, long Count, string Head);

/// <summary>Compares what clients were told with what a vault holds.</summary>
internal static class VaultComparison
{
    private static readonly string NoHash = new('0', 64);

    /// <summary>Every contradiction, as a sentence.</summary>
    public static IEnumerable<string> Problems(VaultView view, IReadOnlyCollection<Attempt> attempts) =>
        Chain(view).Concat(Receipts(attempts)).Concat(Events(view, attempts)).Select(p => $"{view.Vault}: {p}");

    private static IEnumerable<string> Chain(VaultView view)
    {
        if (!view.Valid)
            yield return "does not verify";
        if (view.Count != view.Events.Count)
            yield return $"verify_chain counts {view.Count} events, the timeline has {view.Events.Count}";
        var last = NoHash;
        for (var i = 0; i < view.Events.Count; i++)
        {
            var stored = view.Events[i];
            if (stored.Position != i)
                yield return $"the event at place {i} says it is at {stored.Position}";
            if (stored.PreviousHash != last)
                yield return $"the event at {i} does not build on the one before it";
            last = stored.Hash;
        }
        if (view.Head != last)
            yield return "verify_chain ends with another event than the timeline";
    }

    private static IEnumerable<string> Receipts(IReadOnlyCollection<Attempt> attempts)
    {
        foreach (var attempt in attempts.Where(a => a.Receipts.Distinct().Count() > 1))
            yield return $"event {attempt.Marker} has {attempt.Receipts.Distinct().Count()} different receipts for one key";
        var shared = attempts.SelectMany(a => a.Receipts.Distinct().Select(r => (a.Marker, r.Position))).GroupBy(r => r.Position).Where(g => g.Count() > 1);
        foreach (var position in shared)
            yield return $"events {string.Join(" and ", position.Select(p => p.Marker))} both have a receipt for position {position.Key}";
    }

    private static IEnumerable<string> Events(VaultView view, IReadOnlyCollection<Attempt> attempts)
    {
        var stored = view.Events.Where(e => e.Marker is not null).ToLookup(e => e.Marker!.Value);
        foreach (var attempt in attempts)
        {
            var found = stored[attempt.Marker].ToList();
            if (found.Count > 1)
                yield return $"event {attempt.Marker} is there {found.Count} times, at {string.Join(", ", found.Select(e => e.Position))}";
            if (attempt.Receipts.Count == 0 && !attempt.MayHaveHappened && found.Count > 0)
                yield return $"event {attempt.Marker} is at {found[0].Position} though its client was told that nothing changed";
            foreach (var receipt in attempt.Receipts.Distinct())
            {
                if (found.Count == 0)
                    yield return $"event {attempt.Marker} was acknowledged at {receipt.Position} and is lost";
                else if (!found.Exists(e => e.Position == receipt.Position && e.Hash == receipt.Hash && e.EventId == receipt.EventId))
                    yield return $"event {attempt.Marker} is at {found[0].Position} and not as its receipt says, at {receipt.Position}";
            }
        }
        var known = attempts.Select(a => a.Marker).ToHashSet();
        foreach (var foreign in stored.Where(g => !known.Contains(g.Key)))
            yield return $"event {foreign.Key} is there and nobody sent it";
    }
}
