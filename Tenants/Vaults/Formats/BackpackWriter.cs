using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Formats;

/// <summary>
/// A Backpack vault: a chain for each actor. The ends of the chains follow the log; what is being built stands over them until it is known to be in
/// the log, so that a lost append costs no reading.
/// </summary>
internal sealed class BackpackWriter : VaultWriter
{
    /// <summary>The default actor of appends.</summary>
    public const string DefaultActor = "provara_user";

    private readonly BackpackVault _vault;
    private readonly BackpackIdentity _identity;
    private readonly IReadOnlyList<StorageFinding> _findings;
    private readonly Dictionary<string, ChainLink> _tentative = new(StringComparer.Ordinal);
    private readonly List<(PreparedBackpackEvent Prepared, BuiltBackpackEvent Event)> _built = [];
    private readonly long? _promotion;
    private long _savedAt;

    private BackpackWriter(BackpackVault vault, BackpackIdentity identity, long savedAt)
        : base(vault.Log)
    {
        _vault = vault;
        _identity = identity;
        _savedAt = savedAt;
        _findings = vault.Log.Findings;
        _promotion = vault.Chains.LastPromotion;
        DataKeys = new VaultDataKeys(vault.Log);
    }

    public override SigningKey Signer => _vault.Signer;

    public override bool CanSign => _vault.CanSign;

    public override Task<bool> KeysHaveComeAsync() => _vault.KeysHaveComeAsync(CancellationToken.None);

    /// <summary>
    /// A store that lost events may have others in their place: what is known of the chains is worth nothing then. And a key that was rotated elsewhere
    /// must not go on signing here.
    /// </summary>
    public override bool IsStale =>
        !ReferenceEquals(_findings, Log.Findings) || _vault.Chains.Position > Log.Head.Count || _vault.Chains.LastPromotion != _promotion;

    /// <summary>The keys of encrypted payloads.</summary>
    public IDataKeyStore DataKeys { get; }

    /// <summary>The vault, for operations that work out a change of it.</summary>
    public BackpackVault Vault => _vault;

    /// <summary>Takes over a log that is open; where that fails it is closed.</summary>
    public static async Task<VaultWriter> OpenAsync(IVaultLog log, CancellationToken cancellation)
    {
        BackpackChains chains;
        BackpackIdentity identity;
        try
        {
            chains = await ChainsDocument.ReadAsync(log, cancellation);
            identity = await BackpackIdentity.ReadAsync(log, cancellation);
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
        var savedAt = chains.Position;
        return new BackpackWriter(
            await BackpackVault.FromAsync(log, cancellation, new BackpackVaultOptions { Chains = chains, Keys = KeysBeside.Instance, ReadsWithoutKeys = true }),
            identity, savedAt);
    }

    public override VaultDescription Describe(VaultName name) =>
        _identity.Describe(name, Log.Head.Count) with
        {
            KeyId = _vault.PublicKey.KeyId,
            PublicKey = Convert.ToBase64String(_vault.PublicKey.Raw),
            QuorumKeyId = _vault.Registry.Keys.FirstOrDefault(key => key.IsActive && key.Roles.Contains("quorum"))?.KeyId,
        };

    public override PreparedAppend Prepare(AppendEvent append)
    {
        if (append.Tags is { Count: > 0 })
            throw new TenantException(
                TenantFailure.InvalidInput, "tags is for vaults of the format psmc; the events of this one have none. Put them into data.");
        return new BackpackAppend(
            PreparedBackpackEvent.Create(append.EventType, append.Data.Span, append.Actor ?? DefaultActor, append.Namespace), append.EmitProvara);
    }

    public override async Task<PreparedAppend> EncryptAsync(PreparedAppend prepared, CancellationToken cancellation)
    {
        var plain = (BackpackAppend)prepared;
        return new BackpackAppend(await Shredding.EncryptAsync(plain.Event, DataKeys, cancellation), plain.NamesItself, plain.ContentDigest());
    }

    public override async Task CatchUpAsync()
    {
        Forget();
        await _vault.Chains.CatchUpAsync(Log, CancellationToken.None);
        if (IsStale)
            throw new VaultStorageException(VaultStorageFailure.Unavailable, "The vault was changed under this process and has to be read again; try again.");
    }

    public override Task PrepareBatchAsync(IReadOnlyList<PreparedAppend> batch)
    {
        _vault.RefuseIfSealed();
        return Task.CompletedTask;
    }

    public override BuiltEntry Build(PreparedAppend prepared, LogHead head, DateTimeOffset time)
    {
        var append = (BackpackAppend)prepared;
        var actor = append.Event.Actor;
        if (!_tentative.TryGetValue(actor, out var link))
            link = _vault.Chains.Next(actor);
        var built = _vault.Builder.Build(append.Event, link, time);
        _tentative[actor] = new ChainLink(built.EventId, link.LogicalTime + 1, built.Timestamp);
        _built.Add((append.Event, built));
        return new BuiltEntry(built.Entry, built.EventId, built.Timestamp, append.NamesItself ? built.EventId : null, null);
    }

    public override bool Committed(IReadOnlyList<PreparedAppend> batch)
    {
        foreach (var (prepared, built) in _built)
            _vault.Chains.Apply(prepared, built);
        Forget();
        return true;
    }

    public override void Forget()
    {
        _tentative.Clear();
        _built.Clear();
    }

    /// <summary>Saves the ends of the chains now and then, so that the next opening reads no more of the log than has come since.</summary>
    public override async Task WriteDerivedAsync()
    {
        if (_vault.Chains.Position < _savedAt + ChainsDocument.Stride)
            return;
        if (await ChainsDocument.WriteAsync(Log, _vault.Chains, CancellationToken.None))
            _savedAt = _vault.Chains.Position;
    }

    public override Task<bool> DropOutdatedCheckpointsAsync() => _vault.DropOutdatedCheckpointsAsync(CancellationToken.None);

    protected override PublicKey? FindKey(string keyId) => _vault.Registry.Find(keyId) is { IsActive: true, HasOwnId: true } key ? key.Key : null;

    /// <summary>Manifest, Merkle root and signature.</summary>
    protected override Task WriteSealPointAsync(TimeProvider time, CancellationToken cancellation) => _vault.WriteSealPointAsync(time, cancellation);

    protected override ValueTask CloseAsync() => _vault.DisposeAsync();
}
