namespace Granary.Vault.Storage;

/// <summary>
/// What an operation does to a vault. Its events are the step that decides: what is written before them means nothing without them, and what is
/// written after them follows from them and is made up for when the vault is opened again.
/// </summary>
/// <param name="EventId">The operation's event.</param>
/// <param name="Entries">
/// What is appended, in one step as long as one append can take it, otherwise in several; empty where an earlier operation has done it all.
/// </param>
public record VaultChange(string EventId, IReadOnlyList<LogEntry> Entries)
{
    /// <summary>The private keys to keep before the events, or null where they stay as they are.</summary>
    public ReadOnlyMemory<byte>? KeysBefore { get; init; }

    /// <summary>Documents to write after the events.</summary>
    public IReadOnlyList<LaterDocument> After { get; init; } = [];

    /// <summary>The private keys to keep after all else, or null where they stay as they are.</summary>
    public ReadOnlyMemory<byte>? KeysAfter { get; init; }

    /// <summary>
    /// The change in steps of so many entries at most. What goes before it goes with the first one, what goes after all of it with the last one.
    /// </summary>
    internal IEnumerable<VaultChange> Steps(int most)
    {
        for (var start = 0; start < Entries.Count; start += most)
        {
            var end = Math.Min(start + most, Entries.Count);
            yield return this with
            {
                Entries = [.. Entries.Skip(start).Take(end - start)],
                KeysBefore = start == 0 ? KeysBefore : null,
                After = [.. After.Where(later => later.Behind > start && later.Behind <= end).Select(later => later with { Behind = later.Behind - start })],
                KeysAfter = end == Entries.Count ? KeysAfter : null,
            };
        }
    }

    /// <summary>The documents of <see cref="After"/> as they are in the end.</summary>
    internal IReadOnlyList<VaultDocument> LastDocuments() =>
        [.. After.GroupBy(later => later.Document.Name, StringComparer.Ordinal).Select(versions => versions.MaxBy(later => later.Behind)!.Document)];
}

/// <summary>A document that follows from events of a change.</summary>
/// <param name="Document">It.</param>
/// <param name="Behind">How many of the change's entries it follows from; later ones may replace it by another.</param>
public sealed record LaterDocument(VaultDocument Document, int Behind);
