using Granary.Vault.Psmc;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults;

/// <summary>Commits batches: drops repeats, links and signs, appends under the fence, and tries again when it lost one. One batch at a time.</summary>
internal sealed class VaultCommitter(VaultName name, TimeProvider time, Action<long, int>? committed)
{
    private const int MaxAttempts = 64;

    private PsmcBridge? _bridge;
    private bool _stateIsDirty;

    /// <summary>Called when the derived state document has fallen behind.</summary>
    public Action StateChanged { get; set; } = () => { };

    public async Task CommitAsync(PsmcVault vault, List<PendingAppend> batch)
    {
        var attempt = new BatchAttempt(batch);
        attempt.Group();
        for (var tries = 0; tries < MaxAttempts; tries++)
        {
            await attempt.ReplayAsync(vault.Log, retries: tries > 0);
            if (attempt.Open.Count == 0)
                return;
            if (!await TryAsync(vault, attempt))
                continue;
            return;
        }
        throw new TenantException(TenantFailure.Busy, $"Too many others append to \"{name}\" at the same time; try again shortly.", TimeSpan.FromSeconds(1));
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

    private async Task<bool> TryAsync(PsmcVault vault, BatchAttempt attempt)
    {
        var head = vault.Log.Head;
        var hasBridge = attempt.Open.Exists(pending => pending.Prepared.HasBridge);
        if (hasBridge)
            _bridge ??= await PsmcBridge.LoadAsync(vault.Log, CancellationToken.None);
        AppendOutcome outcome;
        var receipts = new List<AppendReceipt>(attempt.Open.Count);
        try
        {
            outcome = await vault.Log.AppendAsync(head, Build(vault, head, attempt.Open, receipts), CancellationToken.None);
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
                    attempt.Complete(attempt.Open[i], receipts[i]);
                _stateIsDirty |= hasBridge;
                if (hasBridge)
                    StateChanged();
                committed?.Invoke(head.Count, receipts.Count);
                return true;
            case AppendOutcome.KeyTaken taken:
                Forget(hasBridge);
                attempt.Replay(attempt.Open[taken.Index], taken.Record);
                return false;
            default:
                Forget(hasBridge: true);
                await vault.Log.RefreshAsync(CancellationToken.None);
                return false;
        }
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
