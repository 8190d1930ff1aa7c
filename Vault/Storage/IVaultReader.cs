namespace Granary.Vault.Storage;

/// <summary>Reading a vault. Reads see what is committed, do not wait for appends, and are safe from several threads at once.</summary>
public interface IVaultReader
{
    /// <summary>How many committed lines a stream holds. Events and chain agree unless the vault is damaged.</summary>
    long Count(LogStream stream);

    /// <summary>
    /// Lines from <paramref name="from"/> on: at least one where there is one, at most <paramref name="maxLines"/>, and no more once
    /// <paramref name="maxBytes"/> are reached.
    /// </summary>
    Task<LogPage> ReadAsync(LogStream stream, long from, int maxLines, int maxBytes, CancellationToken cancellation);

    /// <summary>A document's bytes, or null where there is none.</summary>
    Task<ReadOnlyMemory<byte>?> ReadDocumentAsync(string name, CancellationToken cancellation);

    /// <summary>The names of the documents directly below a folder, for example <c>keys/retired</c>, in ordinal order.</summary>
    Task<IReadOnlyList<string>> ListDocumentsAsync(string folder, CancellationToken cancellation);

    /// <summary>What the store itself knows to be wrong with what it found; each a sentence.</summary>
    IReadOnlyList<StorageFinding> Findings { get; }
}

/// <summary>Something a store found wrong, or repaired.</summary>
/// <param name="Rule">The rule's short name, for example <c>anchor.head</c>.</param>
/// <param name="Position">The entry it is about, if it is about one.</param>
/// <param name="Reason">A sentence.</param>
public sealed record StorageFinding(string Rule, long? Position, string Reason);
