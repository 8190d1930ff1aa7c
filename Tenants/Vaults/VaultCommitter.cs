using Granary.Vault.Psmc;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults;

/// <summary>Commits batches: links and signs, appends under the fence, drops repeats, and tries again when it lost. One batch at a time.</summary>
internal sealed class VaultCommitter(VaultName name, TimeProvider time, Action<long, int>? committed)
{
    private const int MaxLosses = 64;
    private const int SmallestStep = 16;
    private const int FirstPause = 2;
    private const int LastPause = 12;

    private PsmcBridge? _bridge;
    private IReadOnlyList<StorageFinding>? _findings;
    private bool _stateIsDirty;
    private int _step = int.MaxValue;

    private enum Outcome
    {
        Appended,
        Repeats,
        Lost,
    }

    /// <summary>Called when the derived state document has fallen behind.</summary>
    public Action StateChanged { get; set; } = () => { };

    /// <summary>
    /// Where others append to the vault as well, whoever is quickest to link and sign wins. So a loss halves how much is tried at once, and a
    /// large batch does not lose to small ones for ever.
    /// </summary>
    public async Task CommitAsync(PsmcVault vault, List<PendingAppend> batch)
    {
        var attempt = new BatchAttempt(batch);
        attempt.Group();
        for (var losses = 0; attempt.Open.Count > 0;)
        {
            var step = Math.Min(_step, attempt.Open.Count);
            switch (await TryAsync(vault, attempt, step))
            {
                case Outcome.Appended:
                    losses = 0;
                    _step = _step > int.MaxValue / 2 ? int.MaxValue : _step * 2;
                    break;
                case Outcome.Repeats:
                    await attempt.ReplayAsync(vault.Log);
                    break;
                default:
                    _step = Math.Max(step / 2, SmallestStep);
                    if (++losses == MaxLosses)
                        throw new TenantException(TenantFailure.Busy, $"Too many others append to \"{name}\" at the same time; try again shortly.", TimeSpan.FromSeconds(1));
                    // Fewer at a time waste less; one that has paused often enough presses on, and the store lets it go first.
                    if (losses is > FirstPause and <= LastPause)
                        await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 2 * losses)), time);
                    break;
            }
        }
    }

    /// <summary>Forgets what follows from a log that has to be read again.</summary>
    public void Forget() => _bridge = null;

    public async Task WriteStateAsync(IVaultLog log)
    {
        if (!_stateIsDirty || _bridge is null)
            return;
        _stateIsDirty = false;
        await _bridge.WriteStateAsync(log, CancellationToken.None);
    }

    private async Task<Outcome> TryAsync(PsmcVault vault, BatchAttempt attempt, int step)
    {
        var head = vault.Log.Head;
        var batch = attempt.Open.GetRange(0, step);
        var hasBridge = batch.Exists(pending => pending.Prepared.HasBridge);
        // After the head was read: a bridge that is ahead of it loses the append, one that lags behind would fork the bridge's own chain.
        if (hasBridge)
            await CatchUpBridgeAsync(vault.Log);
        AppendOutcome outcome;
        var receipts = new List<AppendReceipt>(batch.Count);
        try
        {
            outcome = await vault.Log.AppendAsync(head, Build(vault, head, batch, receipts), CancellationToken.None);
        }
        catch
        {
            Forget(hasBridge);
            throw;
        }
        switch (outcome)
        {
            case AppendOutcome.Appended:
                for (var i = 0; i < receipts.Count; i++)
                    attempt.Complete(batch[i], receipts[i]);
                attempt.Open.RemoveRange(0, step);
                _stateIsDirty |= hasBridge;
                if (hasBridge)
                    StateChanged();
                committed?.Invoke(head.Count, receipts.Count);
                return Outcome.Appended;
            case AppendOutcome.KeyTaken taken:
                Forget(hasBridge);
                attempt.Replay(batch[taken.Index], taken.Record);
                return Outcome.Repeats;
            default:
                Forget(hasBridge);
                if (vault.Log.Head == head)
                    await vault.Log.RefreshAsync(CancellationToken.None);
                return Outcome.Lost;
        }
    }

    private async Task CatchUpBridgeAsync(IVaultLog log)
    {
        // A store that lost events may have others in their place.
        if (!ReferenceEquals(_findings, log.Findings) || _bridge?.Position > log.Count(LogStream.Bridge))
            _bridge = null;
        _findings = log.Findings;
        if (_bridge is null)
            _bridge = await PsmcBridge.LoadAsync(log, CancellationToken.None);
        else
            await _bridge.CatchUpAsync(log, CancellationToken.None);
    }

    /// <summary>The reducer has already taken bridge events that did not come to be: it is built again from the log when needed.</summary>
    private void Forget(bool hasBridge)
    {
        if (hasBridge)
            _bridge = null;
    }

    private List<LogEntry> Build(PsmcVault vault, LogHead head, List<PendingAppend> batch, List<AppendReceipt> receipts)
    {
        var entries = new List<LogEntry>(batch.Count);
        foreach (var pending in batch)
        {
            var built = vault.Builder.Build(pending.Prepared, head, Guid.NewGuid(), time.GetUtcNow(), _bridge?.LastEventId);
            var stateHash = built.BridgeEventId is null ? null : _bridge!.Apply(built);
            var claim = pending.Key is null
                ? null
                : new IdempotencyClaim(pending.Key, pending.Digest, StoredReceipt.Write(built.EventId, built.Timestamp, built.BridgeEventId, stateHash));
            entries.Add(built.Entry with { Claim = claim });
            receipts.Add(new AppendReceipt(built.EventId, head.Count, built.Entry.Hash, built.Timestamp, built.BridgeEventId, stateHash, Replayed: false));
            head = new LogHead(head.Count + 1, built.Entry.Hash);
        }
        return entries;
    }
}
