using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults;

/// <summary>The appends of a batch that are still to be written, and those that share their idempotency key.</summary>
internal sealed class BatchAttempt(List<PendingAppend> batch)
{
    private readonly Dictionary<PendingAppend, List<PendingAppend>> _repeats = [];

    /// <summary>What is still to be written, in the order it came.</summary>
    public List<PendingAppend> Open { get; private set; } = [];

    /// <summary>Leaves out what its caller has given up, and has repeats within the batch wait for the first of them.</summary>
    public void Group()
    {
        var first = new Dictionary<string, PendingAppend>();
        foreach (var pending in batch)
        {
            if (!pending.TryBegin())
                continue;
            if (pending.Key is null || first.TryAdd(pending.Key, pending))
                Open.Add(pending);
            else if (_repeats.TryGetValue(first[pending.Key], out var repeats))
                repeats.Add(pending);
            else
                _repeats[first[pending.Key]] = [pending];
        }
    }

    /// <summary>Answers those whose key the log knows already. All questions at once: where the log is elsewhere, each takes a round trip.</summary>
    public async Task ReplayAsync(IVaultLog log)
    {
        var keyed = Open.FindAll(pending => pending.Key is not null);
        var records = await Task.WhenAll(keyed.Select(pending => log.FindKeyAsync(pending.Key!, CancellationToken.None)));
        for (var i = 0; i < records.Length; i++)
        {
            if (records[i] is { } record)
                Replay(keyed[i], record);
        }
    }

    public void Replay(PendingAppend pending, IdempotencyRecord record)
    {
        Open.Remove(pending);
        Answer(pending, record.Claim.Digest, StoredReceipt.Read(record));
        foreach (var repeat in _repeats.GetValueOrDefault(pending, []))
            Answer(repeat, record.Claim.Digest, StoredReceipt.Read(record));
    }

    public void Complete(PendingAppend pending, AppendReceipt receipt)
    {
        pending.Complete(receipt);
        foreach (var repeat in _repeats.GetValueOrDefault(pending, []))
            Answer(repeat, pending.Digest, receipt with { Replayed = true });
    }

    private static void Answer(PendingAppend pending, string digest, AppendReceipt receipt)
    {
        if (pending.Digest == digest)
            pending.Complete(receipt);
        else
            pending.Fail(new TenantException(
                TenantFailure.KeyReused, $"The idempotency_key was used for other content, at position {receipt.Position}; use a new key for a new event."));
    }
}
