using Granary.Tenants.Vaults.Anchoring;
using Granary.Tenants.Vaults.Search;
using Granary.Tenants.Vaults.Views;
using Granary.Vault.Keys;
using Granary.Vault.Proofs;
using Granary.Vault.Storage;
using Granary.Vault.Transparency;

namespace Granary.Tenants.Vaults.Formats;

/// <summary>
/// An open vault as its format writes it: what an activation knows of formats. <see cref="Prepare"/> and <see cref="Describe"/> may be called at any
/// time; all else by the one who commits, never beside itself.
/// </summary>
internal abstract class VaultWriter : IAsyncDisposable
{
    // Made when they are first asked for: of the vaults that are active, most are written and no more.
    private StateView? _state;
    private EventIndex? _events;
    private SearchView? _search;
    private HeadView? _head;
    private TileView? _tiles;
    private KeptStamps? _stamps;
    private SemaphoreSlim? _sealing;

    protected VaultWriter(IVaultLog log) => Log = log;

    /// <summary>The log.</summary>
    public IVaultLog Log { get; }

    /// <summary>What the events say, reduced.</summary>
    public StateView State => LazyInitializer.EnsureInitialized(ref _state, () => new StateView(Log, FindKey));

    /// <summary>Where the events stand, and how many there are of each kind.</summary>
    public EventIndex Events => LazyInitializer.EnsureInitialized(ref _events, () => new EventIndex(Log));

    /// <summary>Which words stand where.</summary>
    public SearchView Search => LazyInitializer.EnsureInitialized(ref _search, () => new SearchView(Log, Events));

    /// <summary>What authorities outside have stamped of the log.</summary>
    public KeptStamps Stamps => LazyInitializer.EnsureInitialized(ref _stamps, () => new KeptStamps(Log));

    private HeadView Head => LazyInitializer.EnsureInitialized(ref _head, () => new HeadView(Log));

    private TileView Tiles => LazyInitializer.EnsureInitialized(ref _tiles, () => new TileView(Log));

    /// <summary>Held while the vault as a whole is signed, or its signing key is changed.</summary>
    public SemaphoreSlim Sealing => LazyInitializer.EnsureInitialized(ref _sealing, () => new SemaphoreSlim(1, 1));

    /// <summary>The key that signs for the vault.</summary>
    /// <exception cref="VaultStorageException">The vault's private keys are missing; the message says which file.</exception>
    public abstract SigningKey Signer { get; }

    /// <summary>False where the vault's private keys are missing: it is read, and that is all.</summary>
    public abstract bool CanSign { get; }

    /// <summary>Whether private keys that were missing are there now: the vault has to be opened again.</summary>
    public abstract Task<bool> KeysHaveComeAsync();

    /// <summary>What is known of the vault without reading its log.</summary>
    public abstract VaultDescription Describe(VaultName name);

    /// <summary>Checks an event.</summary>
    /// <exception cref="TenantException">It cannot be appended to a vault of this format.</exception>
    public abstract PreparedAppend Prepare(AppendEvent append);

    /// <summary>Encrypts what a checked event says; its key is kept before the event exists.</summary>
    /// <exception cref="TenantException">The format has no such thing.</exception>
    public virtual Task<PreparedAppend> EncryptAsync(PreparedAppend prepared, CancellationToken cancellation) => throw new TenantException(
        TenantFailure.InvalidInput, "encrypt is for vaults of the format backpack; the hashes of this one cover what its events say. Leave it out.");

    /// <summary>True when what is known of the vault does not follow from its log any more: it has to be opened again.</summary>
    public virtual bool IsStale => false;

    /// <summary>Brings what building depends on up to the log's end.</summary>
    public virtual Task CatchUpAsync() => Task.CompletedTask;

    /// <summary>Readies what building these needs.</summary>
    public abstract Task PrepareBatchAsync(IReadOnlyList<PreparedAppend> batch);

    /// <summary>Builds the entry that follows <paramref name="head"/>. It may follow others that were built and not appended yet.</summary>
    public abstract BuiltEntry Build(PreparedAppend prepared, LogHead head, DateTimeOffset time);

    /// <summary>What was built is in the log.</summary>
    /// <returns>True when documents that follow from the log have fallen behind it.</returns>
    public abstract bool Committed(IReadOnlyList<PreparedAppend> batch);

    /// <summary>What was built is not in the log, or that is not known.</summary>
    public abstract void Forget();

    /// <summary>Writes the documents that follow from the log, as far as they have fallen behind it.</summary>
    public abstract Task WriteDerivedAsync();

    /// <summary>Drops checkpoints that may say what has been erased since; true where there was one. A format without erasing has none.</summary>
    public virtual Task<bool> DropOutdatedCheckpointsAsync() => Task.FromResult(false);

    /// <summary>
    /// Makes the documents anew that vouch for the vault's files. Beside commits: what comes meanwhile is for the next time. A vault that is only read
    /// keeps those it has.
    /// </summary>
    public async Task SealAsync(TimeProvider time, CancellationToken cancellation)
    {
        if (Log.IsReadOnly || !CanSign)
            return;
        await Sealing.WaitAsync(cancellation);
        try
        {
            await WriteSealPointAsync(time, cancellation);
        }
        finally
        {
            Sealing.Release();
        }
    }

    /// <summary>The signed head that is kept beside the vault; null where there is none yet.</summary>
    public Task<SignedHead?> KeptHeadAsync(CancellationToken cancellation) => Head.KeptAsync(cancellation);

    /// <summary>Signs the head of the log, unless that is said already.</summary>
    public async Task<SignedHead> RefreshHeadAsync(VaultName name, TimeProvider time, CancellationToken cancellation)
    {
        await Sealing.WaitAsync(cancellation);
        try
        {
            return await Head.RefreshAsync((head, root) => SignedHead.Sign(name.Value, Log.Format.Name, head, root, Signer, time.GetUtcNow()), cancellation);
        }
        finally
        {
            Sealing.Release();
        }
    }

    /// <summary>The log as it is now, signed as a C2SP checkpoint of the origin, and the key to verify it with.</summary>
    public async Task<(SignedNote Note, NoteKey Key)> CheckpointAsync(VaultName name, string origin, TimeProvider time, CancellationToken cancellation)
    {
        // The signed head is kept and never goes back, and neither does what is signed here.
        var head = await RefreshHeadAsync(name, time, cancellation);
        await Sealing.WaitAsync(cancellation);
        try
        {
            return (new LogCheckpoint(origin, head.Count, head.Root).Sign(Signer), new NoteKey(origin, NoteKeyKind.Log, Signer.PublicKey));
        }
        finally
        {
            Sealing.Release();
        }
    }

    /// <summary>A tile of the event tree; null where the log does not have it.</summary>
    public Task<byte[]?> ReadTileAsync(TileAddress address, CancellationToken cancellation) => Tiles.ReadAsync(address, cancellation);

    /// <summary>Waits for the signature under way, closes the log and forgets the keys.</summary>
    public async ValueTask DisposeAsync()
    {
        await Sealing.WaitAsync();
        try
        {
            await CloseAsync();
            _state?.Dispose();
            _search?.Dispose();
            _events?.Dispose();
            _head?.Dispose();
            _tiles?.Dispose();
            _stamps?.Dispose();
        }
        finally
        {
            // Released, not disposed: waiters must find the log closed.
            Sealing.Release();
        }
    }

    /// <summary>The public key of an id, where its signature counts.</summary>
    protected abstract PublicKey? FindKey(string keyId);

    /// <summary>Makes the documents anew that vouch for the vault's files, where the format has any.</summary>
    protected virtual Task WriteSealPointAsync(TimeProvider time, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Closes the log and forgets the keys.</summary>
    protected abstract ValueTask CloseAsync();
}
