namespace Granary.Vault.Storage;

/// <summary>
/// An open vault: its log and its documents. Appends are fenced: each names the head it builds on, and the store checks and appends
/// in one atomic step, so that a stale writer cannot fork the log. One append at a time.
/// </summary>
public interface IVaultLog : IVaultReader, IAsyncDisposable
{
    /// <summary>The vault's format.</summary>
    VaultFormat Format { get; }

    /// <summary>The committed head as this opener knows it; another opener may have gone further (see <see cref="RefreshAsync"/>).</summary>
    LogHead Head { get; }

    /// <summary>What was repaired when the log was opened.</summary>
    IReadOnlyList<StorageFinding> Repairs { get; }

    /// <summary>True where neither events nor documents of the vault can be written here, and only what lies beside it can.</summary>
    bool IsReadOnly => false;

    /// <summary>
    /// Appends all entries or none; completes when they are durable. Entries link to each other in their order, the first one to
    /// <paramref name="expected"/>.
    /// </summary>
    /// <exception cref="VaultStorageException">
    /// <see cref="VaultStorageFailure.Refused"/>, <see cref="VaultStorageFailure.Unavailable"/>: nothing changed.
    /// <see cref="VaultStorageFailure.OutcomeUnknown"/>: dispose and open again before anything else. <see cref="VaultStorageFailure.Damaged"/>: the
    /// log takes no appends.
    /// </exception>
    Task<AppendOutcome> AppendAsync(LogHead expected, IReadOnlyList<LogEntry> entries, CancellationToken cancellation);

    /// <summary>Looks at the store again and returns the head it has.</summary>
    Task<LogHead> RefreshAsync(CancellationToken cancellation);

    /// <summary>Completes when the log holds more than <paramref name="count"/> entries; with <see cref="IVaultReader.ReadAsync"/> it tails the log.</summary>
    Task WaitBeyondAsync(long count, CancellationToken cancellation);

    /// <summary>The record of an idempotency key, or null. A store keeps a bounded number, the youngest.</summary>
    Task<IdempotencyRecord?> FindKeyAsync(string key, CancellationToken cancellation);

    /// <summary>Replaces a document in one step. A derived one need not survive a crash, and costs no fsync.</summary>
    Task WriteDocumentAsync(VaultDocument document, bool derived, CancellationToken cancellation);

    /// <summary>Deletes a document, durably; one that is not there is deleted already.</summary>
    Task DeleteDocumentAsync(string name, CancellationToken cancellation);

    /// <summary>
    /// A document that is kept beside the vault and is no part of it: what a server of the vault must remember about it (private keys, a signed
    /// head) or may keep (a cache). Null where there is none.
    /// </summary>
    Task<ReadOnlyMemory<byte>?> ReadBesideAsync(string name, CancellationToken cancellation);

    /// <summary>Replaces a document beside the vault in one step, durably.</summary>
    /// <param name="document">The document.</param>
    /// <param name="rank">
    /// For one that never goes back: it is written only if the one that is there has no higher rank. A document is always written with a rank or never;
    /// it is not secret then.
    /// </param>
    /// <param name="cancellation">Ends the wait before anything was written.</param>
    /// <returns>False where one of higher rank stays.</returns>
    Task<bool> WriteBesideAsync(VaultDocument document, long? rank, CancellationToken cancellation);
}
