using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Canonical;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack;

/// <summary>
/// The format's side of a store. A log of this format is one file; its head is the entry hash of its last event, which stays the same when that
/// event's payload is redacted.
/// </summary>
public sealed class BackpackFormat : IEntryFormat
{
    /// <summary>The format's name.</summary>
    public const string Name = "backpack";

    /// <summary>The only instance; it has no state.</summary>
    public static BackpackFormat Instance { get; } = new();

    /// <summary>What a store must know of it.</summary>
    public static VaultFormat Descriptor { get; } = new(Name, BackpackBootstrap.GenesisName, PrivateKeyFile.FileName, HasChain: false, Instance);

    /// <summary>Events are what the reducer reads.</summary>
    public static EventView View { get; } = static (line, _) => line;

    /// <inheritdoc />
    public IReadOnlyList<string> EmptyFolders { get; } = ["state", "artifacts/cas"];

    /// <inheritdoc />
    /// <remarks>
    /// Ids of either style will do, and ids that are no hashes, which old writers used. A tombstone's id follows from nothing that is still there.
    /// </remarks>
    public EntryState Check(long position, ReadOnlySpan<byte> eventLine, ReadOnlySpan<byte> chainLine, out string hash)
    {
        hash = "";
        using var scratch = new PooledBuffer(eventLine.Length + 16);
        if (!BackpackEvent.TryRead(eventLine, scratch, out var written))
            return EntryState.Torn;
        hash = written.EntryHash();
        var agrees = !written.HasHashedId || written.IsTombstone || written.FindIdStyle() != EventIdStyle.None;
        return agrees ? EntryState.Whole : EntryState.Contradictory;
    }
}
