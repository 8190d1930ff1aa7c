namespace Granary.Vault.Storage.Files;

/// <summary>How much of a log is whole, and what is wrong with it if anything is.</summary>
internal sealed record TailState(LogHead Head, StorageFinding? Damage);

/// <summary>
/// Decides where the whole part of a log ends. Appends are written one batch after the other, so a crash can leave at most one
/// batch torn or unpaired, and never anything below the acknowledged head: more than that is damage, which is reported, not repaired.
/// </summary>
internal sealed class TailRepair(LineFile events, LineFile? chain, IEntryFormat format, LogHead? anchor)
{
    /// <summary>The most entries one append may have.</summary>
    public const int MaxBatch = 1024;

    private long Pairs => Math.Min(events.Count, chain?.Count ?? events.Count);

    public TailState Inspect()
    {
        var pairs = Pairs;
        var surplus = Math.Max(events.Count, chain?.Count ?? 0) - pairs;
        if (anchor is { } head && pairs < head.Count)
            return Damaged(
                "anchor.truncated", pairs, $"The vault holds {pairs} whole events; {head.Count} were acknowledged. Events were removed from its end.");
        if (surplus > MaxBatch)
            return Damaged("log.count", pairs, $"events.ndjson has {events.Count} lines and chain.ndjson {chain?.Count}; a crash does not leave that behind.");
        if (anchor is { Count: > 0 } acknowledged && Check(acknowledged.Count - 1, out var hash) == EntryState.Whole && hash != acknowledged.Hash)
            return Rewritten(acknowledged.Count - 1);
        // Right after a clean stop or a kill only the last pair needs a look; after a power cut, everything after the anchor.
        var from = anchor is { } known ? Math.Max(known.Count - 1, pairs - MaxBatch) : pairs - Math.Min(pairs, 1);
        return Walk(Math.Max(0, from), pairs, surplus);
    }

    private TailState Walk(long from, long pairs, long surplus)
    {
        var last = LogHead.Empty;
        if (from > 0 && anchor is null && surplus > 0)
            from = Math.Max(0, pairs - MaxBatch);
        for (var position = from; position < pairs; position++)
        {
            switch (Check(position, out var hash))
            {
                case EntryState.Torn when anchor is null || position >= anchor.Value.Count:
                    return position == 0 ? new TailState(LogHead.Empty, null) : Whole(position - 1, last);
                case EntryState.Torn:
                    return Damaged("log.torn", position, $"The event at position {position} was acknowledged and cannot be read any more.");
                case EntryState.Contradictory:
                    return Damaged("log.tail", position, $"The event at position {position} and its chain line contradict each other.");
                default:
                    last = new LogHead(position + 1, hash);
                    break;
            }
        }
        return new TailState(last, null);
    }

    /// <summary>The state when the log ends after the entry at <paramref name="position"/>, which may lie before what was walked.</summary>
    private TailState Whole(long position, LogHead walked)
    {
        if (walked.Count == position + 1)
            return new TailState(walked, null);
        return Check(position, out var hash) == EntryState.Whole
            ? new TailState(new LogHead(position + 1, hash), null)
            : Damaged("log.torn", position, $"More than one event at the end of the vault, from position {position} on, cannot be read.");
    }

    private EntryState Check(long position, out string hash)
    {
        var eventLine = events.Read(position, 1, 1).Lines;
        var chainLine = chain?.Read(position, 1, 1).Lines ?? [default];
        hash = "";
        return eventLine.Count == 0 || chainLine.Count == 0
            ? EntryState.Torn
            : format.Check(position, eventLine[0].Span, chainLine[0].Span, out hash);
    }

    private TailState Rewritten(long position) =>
        Damaged("anchor.head", position, $"The event at position {position} is not the one that was acknowledged there. The log was rewritten.");

    private TailState Damaged(string rule, long position, string reason)
    {
        var pairs = Pairs;
        var hash = "";
        if (pairs > 0)
            Check(pairs - 1, out hash);
        return new TailState(new LogHead(pairs, hash.Length == 64 ? hash : LogHead.ZeroHash), new StorageFinding(rule, position, reason));
    }
}
