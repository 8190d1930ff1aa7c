using Granary.Vault.Storage;

namespace Granary.Vault.Backpack;

/// <summary>
/// What an operation does to a vault. Its events are the step that decides: what is written before them means nothing without them, and what is
/// written after them follows from them and is made up for when the vault is opened again.
/// </summary>
/// <param name="EventId">The operation's event.</param>
/// <param name="Entries">What is appended, in one step; empty where an earlier operation has done it all.</param>
public record VaultChange(string EventId, IReadOnlyList<LogEntry> Entries)
{
    /// <summary>The private keys to keep before the events, or null where they stay as they are.</summary>
    public ReadOnlyMemory<byte>? KeysBefore { get; init; }

    /// <summary>Documents to write after the events.</summary>
    public IReadOnlyList<VaultDocument> After { get; init; } = [];

    /// <summary>The private keys to keep after all else, or null where they stay as they are.</summary>
    public ReadOnlyMemory<byte>? KeysAfter { get; init; }
}
