using Granary.Vault;
using Granary.Vault.Keys;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Bridge;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Formats;

/// <summary>A PSMC vault: one chain, and a bridge for those events that the reducer is to see.</summary>
internal sealed class PsmcWriter(PsmcVault vault) : VaultWriter(vault.Log)
{
    private PsmcBridge? _bridge;
    private IReadOnlyList<StorageFinding>? _findings;
    private long _seen = vault.Log.Head.Count;
    private volatile bool _keyChanged;
    private bool _bridgeIsAhead;
    private bool _stateIsDirty;

    /// <summary>The vault, for operations.</summary>
    public PsmcVault Vault => vault;

    /// <summary>True once the key was changed, here or elsewhere: what this writer signs with counts no more.</summary>
    public override bool IsStale => _keyChanged;

    public override SigningKey Signer => vault.Signer;

    public override bool CanSign => vault.CanSign;

    public override Task<bool> KeysHaveComeAsync() => vault.KeyHasComeAsync(CancellationToken.None);

    /// <summary>What a vault is born with; the key it makes is in there.</summary>
    public static VaultBirth NewBirth(DateTimeOffset time)
    {
        using var key = SigningKey.Generate();
        return PsmcVault.NewBirth(key, time);
    }

    public static async Task<VaultWriter> OpenAsync(IVaultLog log, CancellationToken cancellation) =>
        new PsmcWriter(await PsmcVault.FromAsync(log, readsWithoutKey: true, cancellation));

    public override VaultDescription Describe(VaultName name) => new(
        name.Value, VaultFormats.Psmc.Name, vault.Metadata.Created, vault.PublicKey.KeyId, Convert.ToBase64String(vault.PublicKey.Raw), Log.Head.Count);

    public override PreparedAppend Prepare(AppendEvent append)
    {
        Refuse(append.Actor, "actor");
        Refuse(append.Namespace, "namespace");
        return new PsmcAppend(PreparedEvent.Append(append.EventType, append.Data.Span, append.Tags, append.EmitProvara));
    }

    /// <summary>The key was changed by an operation.</summary>
    public void KeyChanged() => _keyChanged = true;

    /// <summary>Looks at what others have appended: one of them may have changed the key.</summary>
    public override async Task CatchUpAsync()
    {
        while (_seen < Log.Head.Count && !_keyChanged)
        {
            var page = await Log.ReadAsync(LogStream.Events, _seen, 1024, 1024 * 1024, CancellationToken.None);
            if (page.Lines.Count == 0)
                break;
            _keyChanged = page.Lines.Any(line => line.Span.IndexOf("\"key_rotation\""u8) >= 0);
            _seen = page.Next;
        }
        if (_keyChanged)
            throw new VaultStorageException(VaultStorageFailure.Unavailable, "Somebody else changed the vault's key, which has to be read again; try again.");
    }

    /// <summary>A bridge that is ahead of the head loses the append, one that lags behind would fork the bridge's own chain.</summary>
    public override async Task PrepareBatchAsync(IReadOnlyList<PreparedAppend> batch)
    {
        if (!HasBridge(batch))
            return;
        // A store that lost events may have others in their place.
        if (!ReferenceEquals(_findings, Log.Findings) || _bridge?.Position > Log.Count(LogStream.Bridge))
            _bridge = null;
        _findings = Log.Findings;
        if (_bridge is null)
            _bridge = await PsmcBridge.LoadAsync(Log, CancellationToken.None);
        else
            await _bridge.CatchUpAsync(Log, CancellationToken.None);
        // Until it is known that what is built now is in the log, the reducer may have seen what never came to be.
        _bridgeIsAhead = true;
    }

    public override BuiltEntry Build(PreparedAppend prepared, LogHead head, DateTimeOffset time)
    {
        var built = vault.Builder.Build(((PsmcAppend)prepared).Event, head, Guid.NewGuid(), time, _bridge?.LastEventId);
        var stateHash = built.BridgeEventId is null ? null : _bridge!.Apply(built);
        return built with { StateHash = stateHash };
    }

    public override bool Committed(IReadOnlyList<PreparedAppend> batch)
    {
        _bridgeIsAhead = false;
        _seen = Log.Head.Count;
        _stateIsDirty |= HasBridge(batch);
        return true;
    }

    /// <summary>The bridge is built again from the log when it is needed.</summary>
    public override void Forget()
    {
        if (_bridgeIsAhead)
            _bridge = null;
        _bridgeIsAhead = false;
    }

    public override async Task WriteDerivedAsync()
    {
        if (!_stateIsDirty || _bridge is null)
            return;
        _stateIsDirty = false;
        await _bridge.WriteStateAsync(Log, CancellationToken.None);
    }

    protected override PublicKey? FindKey(string keyId) => vault.PublicKey.KeyId == keyId ? vault.PublicKey : null;

    protected override ValueTask CloseAsync() => vault.DisposeAsync();

    private static bool HasBridge(IReadOnlyList<PreparedAppend> batch) => batch.Any(prepared => ((PsmcAppend)prepared).Event.HasBridge);

    private static void Refuse(string? value, string field)
    {
        if (value is not null)
            throw new TenantException(
                TenantFailure.InvalidInput, $"{field} is for vaults of the format backpack; the events of this one have none. Leave it out.");
    }
}
