using System.Text.Json.Nodes;
using Granary.Cli.Vaults;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Bridge;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Storage;

namespace Granary.Cli.Commands.Psmc;

/// <summary>An event that was appended.</summary>
internal sealed record Appended(long Sequence, string EventId, string Type, string Hash, string Timestamp, string? BridgeEventId, string? StateHash)
{
    public JsonObject ToJson() => new()
    {
        ["event_id"] = EventId,
        ["seq"] = Sequence,
        ["type"] = Type,
        ["hash"] = Hash,
        ["timestamp"] = Timestamp,
        ["provara_event_id"] = BridgeEventId,
        ["state_hash"] = StateHash,
    };

    public override string ToString() => $"Appended seq={Sequence} type={Type} hash={Hash[..16]}...";
}

/// <summary>A PSMC vault that is open for this process alone.</summary>
internal sealed class FolderPsmcWriter : IAsyncDisposable
{
    private readonly PsmcVault _vault;
    private readonly TimeProvider _time;
    private PsmcBridge? _bridge;

    private FolderPsmcWriter(PsmcVault vault, TimeProvider time) => (_vault, _time) = (vault, time);

    /// <summary>The vault.</summary>
    public PsmcVault Vault => _vault;

    public static async Task<FolderPsmcWriter> OpenAsync(VaultPlace place, TimeProvider time, CancellationToken cancellation) =>
        new(await PsmcVault.OpenAsync(place.Expect(psmc: true).ForWriting().PsmcStore(), cancellation), time);

    /// <summary>Appends an event; it is durable when this returns.</summary>
    public async Task<Appended> AppendAsync(PreparedEvent prepared, CancellationToken cancellation)
    {
        if (prepared.HasBridge)
            _bridge ??= await PsmcBridge.LoadAsync(_vault.Log, cancellation);
        var head = _vault.Log.Head;
        var built = _vault.Builder.Build(prepared, head, Guid.NewGuid(), _time.GetUtcNow(), _bridge?.LastEventId);
        if (await _vault.Log.AppendAsync(head, [built.Entry], cancellation) is not AppendOutcome.Appended)
            throw new VaultStorageException(VaultStorageFailure.Locked, "Somebody else appended at the same time; nothing was written.");
        string? state = null;
        if (prepared.HasBridge)
        {
            state = _bridge!.Apply(built);
            await _bridge.WriteStateAsync(_vault.Log, cancellation);
        }
        return new Appended(head.Count, built.EventId, prepared.Type, built.Entry.Hash, built.Timestamp, built.BridgeEventId, state);
    }

    public ValueTask DisposeAsync() => _vault.DisposeAsync();
}
