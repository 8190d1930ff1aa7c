using Granary.Vault.Canonical;
using Granary.Vault.Psmc.Bridge;
using Granary.Vault.Psmc.Documents;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;

namespace Granary.Vault.Psmc;

/// <summary>The format's side of a store: whether the lines of an entry agree.</summary>
public sealed class PsmcFormat : IEntryFormat
{
    /// <summary>The format's name.</summary>
    public const string Name = "psmc";

    /// <summary>The only instance; it has no state.</summary>
    public static PsmcFormat Instance { get; } = new();

    /// <summary>What a store must know of it.</summary>
    public static VaultFormat Descriptor { get; } = new(Name, PsmcMetadata.FileName, PsmcMetadata.PrivateKeyName, HasChain: true, Instance);

    /// <summary>Events become assertions and observations of the actor <c>psmc_user</c> (specification 12).</summary>
    public static EventView View { get; } = PsmcBelief.View;

    /// <inheritdoc />
    public IReadOnlyList<string> EmptyFolders => [];

    /// <inheritdoc />
    public EntryState Check(long position, ReadOnlySpan<byte> eventLine, ReadOnlySpan<byte> chainLine, out string hash)
    {
        using var scratch = new PooledBuffer(eventLine.Length + 16);
        var written = PsmcEvent.Read(eventLine, scratch);
        var link = PsmcChainLine.Read(chainLine, scratch);
        hash = link?.Hash ?? "";
        if (written is null || link is null)
            return EntryState.Torn;
        var agree = written.Sequence == position && link.Sequence == position
            && written.Hash == written.ComputedHash && written.Hash == link.Hash && written.PreviousHash == link.PreviousHash;
        return agree ? EntryState.Whole : EntryState.Contradictory;
    }
}
