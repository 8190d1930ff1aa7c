using Granary.Vault.Checkpoints;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack;

/// <summary>Carrying out what operations have worked out, and vouching for the result.</summary>
public sealed partial class BackpackVault
{
    private LogDigest? _digest;

    /// <summary>True from when a change begins until all of it is done: what is between the two is made up for at the next opening.</summary>
    internal bool IsInDoubt { get; private set; }

    /// <summary>Appends an event and brings the chains along.</summary>
    /// <exception cref="BackpackInputException">The vault is sealed.</exception>
    /// <exception cref="VaultStorageException">The log's reasons; <see cref="VaultStorageFailure.Unavailable"/> where somebody else has appended.</exception>
    public async Task<BuiltBackpackEvent> AppendAsync(PreparedBackpackEvent prepared, DateTimeOffset time, CancellationToken cancellation)
    {
        RefuseIfSealed();
        // The manifest is behind until the next seal point.
        IsInDoubt = true;
        var built = Builder.Build(prepared, Chains.Next(prepared.Actor), time);
        await CommitAsync([built.Entry], cancellation);
        return built;
    }

    /// <summary>Carries out a change and makes a new seal point.</summary>
    /// <param name="change">What an operation has worked out on the vault as it is.</param>
    /// <param name="time">The clock of the seal point.</param>
    /// <param name="cancellation">Ends it before anything is decided.</param>
    public async Task ApplyAsync(VaultChange change, TimeProvider time, CancellationToken cancellation)
    {
        if (change.Entries.Count > 0)
        {
            IsInDoubt = true;
            if (change.KeysBefore is { } before)
                await _options.Keys.WriteAsync(Log, before, cancellation);
            if (change.Entries.Any(entry => entry.Replaces is not null))
                await ResumePoint.DropAsync(Log, cancellation);
            await CommitAsync(change.Entries, cancellation);
            // It is decided: whoever called may give up waiting, the documents follow all the same.
            foreach (var document in change.After)
                await Log.WriteDocumentAsync(document, derived: false, CancellationToken.None);
            if (change.KeysAfter is { } after)
                await _options.Keys.WriteAsync(Log, after, CancellationToken.None);
            if (change.KeysAfter is not null || change.After.Any(document => document.Name == KeyRegistry.FileName))
                await ReloadKeysAsync();
        }
        await WriteSealPointAsync(time, CancellationToken.None);
    }

    /// <summary>Makes manifest, Merkle root and signature anew, for the vault as it is.</summary>
    public async Task WriteSealPointAsync(TimeProvider time, CancellationToken cancellation)
    {
        IsInDoubt = true;
        foreach (var document in SealPoint.Documents(await CollectFilesAsync(cancellation), Signer, time))
            await Log.WriteDocumentAsync(document, derived: false, cancellation);
        IsInDoubt = false;
    }

    internal Task<ManifestBuilder> CollectFilesAsync(CancellationToken cancellation) => _options.Files(Log, _digest ??= new LogDigest(), cancellation);

    private async Task CommitAsync(IReadOnlyList<LogEntry> entries, CancellationToken cancellation)
    {
        var head = Log.Head;
        // The entries were built on the chains as they stood: where the log has gone on, they would fork them.
        if (Chains.Position != head.Count || await Log.AppendAsync(head, entries, cancellation) is not AppendOutcome.Appended)
        {
            await Log.RefreshAsync(cancellation);
            await Chains.CatchUpAsync(Log, cancellation);
            throw new VaultStorageException(VaultStorageFailure.Unavailable, "Somebody else has appended to the vault meanwhile; try again.");
        }
        foreach (var entry in entries)
            Chains.Apply(new BackpackEvent(entry.Event.Span));
        if (entries.Any(entry => entry.Replaces is not null))
        {
            _digest?.Dispose();
            _digest = null;
        }
    }

    /// <summary>A crash came between a rotation's events and its documents: the events are the word that counts.</summary>
    private async Task FinishRotationAsync(KeyRegistry rotated, CancellationToken cancellation)
    {
        await Log.WriteDocumentAsync(new VaultDocument(KeyRegistry.FileName, rotated.Write(afterRotation: true)), derived: false, cancellation);
        rotated.Dispose();
        await ReloadKeysAsync();
    }

    /// <summary>A rotation puts the new key in front and takes the revoked one out last; a crash may have kept it from that.</summary>
    private async Task DropRevokedKeysAsync(CancellationToken cancellation)
    {
        if (Registry.Find(_keys.Keys[0].PublicKey.KeyId) is not { IsActive: true, PromotionEventId: not null })
            return;
        var kept = _keys.Keys.Where(key => Registry.Find(key.PublicKey.KeyId) is not { IsActive: false }).ToList();
        if (kept.Count == _keys.Keys.Count)
            return;
        await _options.Keys.WriteAsync(Log, PrivateKeyFile.Write(kept), cancellation);
        await ReloadKeysAsync();
    }

    private async Task ReloadKeysAsync()
    {
        var registry = KeyRegistry.Read((await ReadAsync(Log, KeyRegistry.FileName, CancellationToken.None)).Span);
        var keys = await ReadKeysAsync(Log, _options.Keys, CancellationToken.None);
        Builder.Dispose();
        Registry.Dispose();
        _keys.Dispose();
        Registry = registry;
        _keys = keys;
        Signer = FindSigner(keys, registry);
        Builder = new BackpackEventBuilder(Signer);
    }
}
