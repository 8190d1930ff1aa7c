namespace Granary.Vault.Storage.Files;

/// <summary>The idempotency keys of one vault, the youngest of them; used under the log's lock.</summary>
internal sealed class IdempotencyTable(int capacity)
{
    private readonly Dictionary<string, Kept> _records = [];
    private readonly Queue<Kept> _order = new();

    public int Capacity => capacity;

    /// <summary>Takes a record. One read from the journal is believed only after its entry has been looked at.</summary>
    public void Add(IdempotencyRecord record, bool confirmed)
    {
        var kept = new Kept(record) { Confirmed = confirmed };
        _records[record.Claim.Key] = kept;
        _order.Enqueue(kept);
        while (_order.Count > capacity)
        {
            var oldest = _order.Dequeue();
            if (_records.TryGetValue(oldest.Record.Claim.Key, out var current) && ReferenceEquals(current, oldest))
                _records.Remove(oldest.Record.Claim.Key);
        }
    }

    /// <summary>The record of a key, if the log holds the entry it speaks of.</summary>
    public IdempotencyRecord? Find(string key, Func<IdempotencyRecord, bool> isInLog)
    {
        if (!_records.TryGetValue(key, out var kept))
            return null;
        if (!kept.Confirmed)
        {
            if (!isInLog(kept.Record))
            {
                _records.Remove(key);
                return null;
            }
            kept.Confirmed = true;
        }
        return kept.Record;
    }

    /// <summary>All records, oldest first.</summary>
    public IEnumerable<IdempotencyRecord> All()
    {
        foreach (var kept in _order)
        {
            if (_records.TryGetValue(kept.Record.Claim.Key, out var current) && ReferenceEquals(current, kept))
                yield return kept.Record;
        }
    }

    private sealed class Kept(IdempotencyRecord record)
    {
        public IdempotencyRecord Record { get; } = record;

        public bool Confirmed { get; set; }
    }
}
