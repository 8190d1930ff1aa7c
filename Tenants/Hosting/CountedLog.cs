using Granary.Vault.Storage;

namespace Granary.Tenants.Hosting;

/// <summary>A log that holds so many events and no more, in whatever way they come: appended, imported or synced.</summary>
internal sealed class CountedLog(IVaultLog log, long events) : IVaultLog
{
    /// <inheritdoc />
    public VaultFormat Format => log.Format;

    /// <inheritdoc />
    public LogHead Head => log.Head;

    /// <inheritdoc />
    public IReadOnlyList<StorageFinding> Repairs => log.Repairs;

    /// <inheritdoc />
    public IReadOnlyList<StorageFinding> Findings => log.Findings;

    /// <inheritdoc />
    public bool IsReadOnly => log.IsReadOnly;

    /// <inheritdoc />
    public Task<AppendOutcome> AppendAsync(LogHead expected, IReadOnlyList<LogEntry> entries, CancellationToken cancellation) =>
        expected.Count + entries.Count <= events
            ? log.AppendAsync(expected, entries, cancellation)
            : throw new VaultStorageException(
                VaultStorageFailure.Refused,
                $"This vault has {expected.Count} events, and may have {events}: go on in another one, or have the operator raise GRANARY_MAX_EVENTS_PER_VAULT. Nothing was appended.");

    /// <inheritdoc />
    public long Count(LogStream stream) => log.Count(stream);

    /// <inheritdoc />
    public Task<LogPage> ReadAsync(LogStream stream, long from, int maxLines, int maxBytes, CancellationToken cancellation) =>
        log.ReadAsync(stream, from, maxLines, maxBytes, cancellation);

    /// <inheritdoc />
    public Task<ReadOnlyMemory<byte>?> ReadDocumentAsync(string name, CancellationToken cancellation) => log.ReadDocumentAsync(name, cancellation);

    /// <inheritdoc />
    public Task<IReadOnlyList<string>> ListDocumentsAsync(string folder, CancellationToken cancellation) => log.ListDocumentsAsync(folder, cancellation);

    /// <inheritdoc />
    public Task<LogHead> RefreshAsync(CancellationToken cancellation) => log.RefreshAsync(cancellation);

    /// <inheritdoc />
    public Task WaitBeyondAsync(long count, CancellationToken cancellation) => log.WaitBeyondAsync(count, cancellation);

    /// <inheritdoc />
    public Task<IdempotencyRecord?> FindKeyAsync(string key, CancellationToken cancellation) => log.FindKeyAsync(key, cancellation);

    /// <inheritdoc />
    public Task WriteDocumentAsync(VaultDocument document, bool derived, CancellationToken cancellation) => log.WriteDocumentAsync(document, derived, cancellation);

    /// <inheritdoc />
    public Task DeleteDocumentAsync(string name, CancellationToken cancellation) => log.DeleteDocumentAsync(name, cancellation);

    /// <inheritdoc />
    public Task<ReadOnlyMemory<byte>?> ReadBesideAsync(string name, CancellationToken cancellation) => log.ReadBesideAsync(name, cancellation);

    /// <inheritdoc />
    public Task<bool> WriteBesideAsync(VaultDocument document, long? rank, CancellationToken cancellation) => log.WriteBesideAsync(document, rank, cancellation);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => log.DisposeAsync();
}
