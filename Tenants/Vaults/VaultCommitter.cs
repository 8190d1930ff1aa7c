using Granary.Tenants.Vaults.Formats;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults;

/// <summary>Commits batches: links and signs, appends under the fence, drops repeats, and tries again when it lost. One batch at a time.</summary>
internal sealed class VaultCommitter(VaultName name, TimeProvider time, Action<long, int>? committed)
{
    private const int MaxLosses = 64;
    private const int LongestPause = 50;

    private enum Outcome
    {
        Appended,
        Repeats,
        Lost,
    }

    /// <summary>Called when documents that follow from the log have fallen behind it.</summary>
    public Action DerivedChanged { get; set; } = () => { };

    /// <summary>
    /// Commits a batch in steps: repeats of a known idempotency key are answered from the log; what is left is built on the head and appended under
    /// the fence. An append is lost only to another activation of the vault, which a partition or a dying silo leaves for a short while: the head is
    /// read again, and the rest of the batch is built anew on it.
    /// </summary>
    public async Task CommitAsync(VaultWriter vault, List<PendingAppend> batch)
    {
        var attempt = new BatchAttempt(batch);
        attempt.Group();
        for (var losses = 0; attempt.Open.Count > 0;)
        {
            switch (await TryAsync(vault, attempt))
            {
                case Outcome.Appended:
                    break;
                case Outcome.Repeats:
                    await attempt.ReplayAsync(vault.Log);
                    break;
                default:
                    await LostAsync(++losses);
                    break;
            }
        }
    }

    /// <summary>Events were appended in another way than by <see cref="CommitAsync"/>.</summary>
    public void Appended(long from, int count)
    {
        DerivedChanged();
        committed?.Invoke(from, count);
    }

    private async Task LostAsync(int losses)
    {
        if (losses == MaxLosses)
            throw new TenantException(
                TenantFailure.Busy, $"Too many others append to \"{name}\" at the same time; try again shortly.", TimeSpan.FromSeconds(1));
        // At random, so that two that lost to each other do not meet again.
        await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, Math.Min(2 + losses * 2, LongestPause))), time);
    }

    private static async Task LookAgainAsync(VaultWriter vault, LogHead head)
    {
        if (vault.Log.Head == head)
            await vault.Log.RefreshAsync(CancellationToken.None);
    }

    private async Task<Outcome> TryAsync(VaultWriter vault, BatchAttempt attempt)
    {
        var head = vault.Log.Head;
        List<PendingAppend> batch = [.. attempt.Open];
        var prepared = batch.ConvertAll(pending => pending.Prepared);
        // After the head was read, so that nothing is built on less than the log holds.
        await vault.CatchUpAsync();
        await vault.PrepareBatchAsync(prepared);
        AppendOutcome outcome;
        var receipts = new List<AppendReceipt>(batch.Count);
        try
        {
            outcome = await vault.Log.AppendAsync(head, Build(vault, head, batch, receipts), CancellationToken.None);
        }
        catch
        {
            vault.Forget();
            throw;
        }
        switch (outcome)
        {
            case AppendOutcome.Appended:
                for (var i = 0; i < receipts.Count; i++)
                    attempt.Complete(batch[i], receipts[i]);
                attempt.Open.Clear();
                if (vault.Committed(prepared))
                    DerivedChanged();
                committed?.Invoke(head.Count, receipts.Count);
                return Outcome.Appended;
            case AppendOutcome.KeyTaken taken:
                vault.Forget();
                attempt.Replay(batch[taken.Index], taken.Record);
                return Outcome.Repeats;
            default:
                vault.Forget();
                await LookAgainAsync(vault, head);
                return Outcome.Lost;
        }
    }

    private List<LogEntry> Build(VaultWriter vault, LogHead head, List<PendingAppend> batch, List<AppendReceipt> receipts)
    {
        var entries = new List<LogEntry>(batch.Count);
        foreach (var pending in batch)
        {
            var built = vault.Build(pending.Prepared, head, time.GetUtcNow());
            var claim = pending.Key is null
                ? null
                : new IdempotencyClaim(pending.Key, pending.Digest, StoredReceipt.Write(built.EventId, built.Timestamp, built.BridgeEventId, built.StateHash));
            entries.Add(built.Entry with { Claim = claim });
            receipts.Add(new AppendReceipt(
                built.EventId, head.Count, built.Entry.Hash, built.Timestamp, built.BridgeEventId, built.StateHash, Replayed: false));
            head = new LogHead(head.Count + 1, built.Entry.Hash);
        }
        return entries;
    }
}
