using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack;

/// <summary>Carrying out what operations have worked out, and vouching for the result.</summary>
public sealed partial class BackpackVault
{
    /// <summary>How many entries one append takes, in every store.</summary>
    private const int MaxStep = 1024;

    private readonly DerivedCopies _copies;
    private readonly PendingDocuments _pending;
    private LogDigest? _digest;

    /// <summary>True from when a change begins until all of it is done: what is between the two is made up for at the next opening.</summary>
    internal bool IsInDoubt { get; private set; }

    /// <summary>Appends an event and brings the chains along.</summary>
    /// <exception cref="BackpackInputException">The vault is sealed.</exception>
    /// <exception cref="VaultStorageException">The log's reasons; <see cref="VaultStorageFailure.Unavailable"/> where somebody else has appended.</exception>
    public async Task<BuiltBackpackEvent> AppendAsync(PreparedBackpackEvent prepared, DateTimeOffset time, CancellationToken cancellation)
    {
        RefuseIfSealed();
        await RequireManifestSignerAsync(cancellation);
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
    /// <param name="appended">Called after each append, with its first position and the number of events.</param>
    public async Task ApplyAsync(VaultChange change, TimeProvider time, CancellationToken cancellation, Action<long, int>? appended = null)
    {
        await RefuseIfUnsignableAsync(change, cancellation);
        foreach (var step in change.Steps(MaxStep))
        {
            var from = Log.Head.Count;
            await ApplyStepAsync(step, cancellation);
            appended?.Invoke(from, step.Entries.Count);
        }
        await _copies.RenewAsync(Signer, time, CancellationToken.None);
        await WriteSealPointAsync(time, CancellationToken.None);
    }

    /// <summary>Writes documents that follow from events in the log and that a crash has kept from being written, here or elsewhere.</summary>
    public async Task FinishPendingAsync(CancellationToken cancellation)
    {
        if (!await _pending.FinishAsync(cancellation))
            return;
        IsInDoubt = true;
        await ReloadKeysAsync();
    }

    /// <summary>Drops the checkpoints that stand before the last redaction that <see cref="Chains"/> know of: they may still say what it erased.</summary>
    /// <returns>True when there was one.</returns>
    public async Task<bool> DropOutdatedCheckpointsAsync(CancellationToken cancellation)
    {
        if (Chains.LastRedaction is not { } last || !await _copies.DropUpToAsync(last, cancellation))
            return false;
        // The manifest lists what is gone.
        IsInDoubt = true;
        return true;
    }

    /// <summary>Makes manifest, Merkle root and signature anew, for the vault as it is.</summary>
    public async Task WriteSealPointAsync(TimeProvider time, CancellationToken cancellation)
    {
        var signer = await RequireManifestSignerAsync(cancellation);
        IsInDoubt = true;
        foreach (var document in SealPoint.Documents(await CollectFilesAsync(cancellation), signer, time))
            await Log.WriteDocumentAsync(document, derived: false, cancellation);
        IsInDoubt = false;
    }

    /// <summary>Refuses, before anything is written, a vault whose manifest nobody could sign afterwards.</summary>
    /// <exception cref="BackpackInputException">No key that may sign the manifest is at hand.</exception>
    public async Task<SigningKey> RequireManifestSignerAsync(CancellationToken cancellation) =>
        await ManifestSigner.FindAsync(Held.All, Registry, [], Log, cancellation) ?? throw new BackpackInputException(ManifestSigner.Missing);

    /// <summary>The hash of the log as far as the last manifest needed it; null before the first.</summary>
    internal LogDigest? Digest => _digest;

    internal Task<ManifestBuilder> CollectFilesAsync(CancellationToken cancellation) => _options.Files(Log, _digest ??= new LogDigest(), cancellation);

    /// <summary>A rotation, of this vault's own or imported, changes which keys may sign the manifest, and which are at hand.</summary>
    private async Task RefuseIfUnsignableAsync(VaultChange change, CancellationToken cancellation)
    {
        var document = change.LastDocuments().FirstOrDefault(document => document.Name == KeyRegistry.FileName);
        var registry = document is null ? Registry : KeyRegistry.Read(document.Content.Span);
        using var coming = change.KeysBefore is { } before ? PrivateKeyFile.Read(before.Span) : null;
        if (await ManifestSigner.FindAsync(coming?.Keys ?? Held.All, registry, change.Entries, Log, cancellation) is null)
            throw new BackpackInputException(ManifestSigner.Missing);
    }

    private async Task ApplyStepAsync(VaultChange step, CancellationToken cancellation)
    {
        IsInDoubt = true;
        if (step.KeysBefore is { } before)
            await _options.Keys.WriteAsync(Log, before, cancellation);
        var documents = step.LastDocuments();
        if (documents.Count > 0)
            await _pending.AnnounceAsync(Log.Head.Count, step, cancellation);
        var erases = step.Entries.Any(entry => entry.Replaces is not null);
        // Before the append that decides: from then on nothing says any more what was erased, wherever a crash comes.
        if (erases)
            await _copies.DropAsync(cancellation);
        await CommitAsync(step.Entries, cancellation);
        // The change is durable: the rest follows even if the caller stops waiting. Another process may have written a checkpoint of the earlier state.
        if (erases)
            await _copies.DropAsync(CancellationToken.None);
        foreach (var document in documents)
            await Log.WriteDocumentAsync(document, derived: false, CancellationToken.None);
        if (step.KeysAfter is { } after)
            await _options.Keys.WriteAsync(Log, after, CancellationToken.None);
        if (documents.Count > 0)
            await _pending.ForgetAsync(CancellationToken.None);
        if (step.KeysAfter is not null || documents.Any(document => document.Name == KeyRegistry.FileName))
            await ReloadKeysAsync();
    }

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
        await ReloadKeysAsync();
    }

    /// <summary>A rotation puts the new key in front and takes the revoked one out last; a crash may have kept it from that.</summary>
    private async Task DropRevokedKeysAsync(CancellationToken cancellation)
    {
        if (Registry.Find(Held.All[0].PublicKey.KeyId) is not { IsActive: true, PromotionEventId: not null })
            return;
        var kept = Held.All.Where(key => Registry.Find(key.PublicKey.KeyId) is not { IsActive: false }).ToList();
        if (kept.Count == Held.All.Count)
            return;
        await _options.Keys.WriteAsync(Log, PrivateKeyFile.Write(kept), cancellation);
        await ReloadKeysAsync();
    }

    private async Task ReloadKeysAsync()
    {
        var registry = KeyRegistry.Read((await ReadAsync(Log, KeyRegistry.FileName, CancellationToken.None)).Span);
        var keys = await ReadKeysAsync(Log, _options, registry, CancellationToken.None);
        _keys?.Dispose();
        Registry = registry;
        _keys = keys;
    }
}
