using Granary.Vault.Storage;

namespace Granary.Vault.Redis.Tests.Support;

/// <summary>A store whose full segments are in the archive after every append: what can be read of it, is read from there.</summary>
internal sealed class SealingStore(RedisVaultOptions options) : IVaultStore
{
    private readonly RedisVaultStore _store = new(options);
    private readonly RedisVaultSealer _sealer = new(options);

    public async Task CreateAsync(VaultBirth birth, CancellationToken cancellation)
    {
        await _store.CreateAsync(birth, cancellation);
        await _sealer.SealAsync(FullSegments.All, cancellation);
    }

    public async Task<IVaultLog> OpenAsync(CancellationToken cancellation) => new Log(await _store.OpenAsync(cancellation), _sealer);

    private sealed class Log(IVaultLog log, RedisVaultSealer sealer) : IVaultLog
    {
        public VaultFormat Format => log.Format;

        public LogHead Head => log.Head;

        public IReadOnlyList<StorageFinding> Repairs => log.Repairs;

        public IReadOnlyList<StorageFinding> Findings => log.Findings;

        public async Task<AppendOutcome> AppendAsync(LogHead expected, IReadOnlyList<LogEntry> entries, CancellationToken cancellation)
        {
            var outcome = await log.AppendAsync(expected, entries, cancellation);
            if (outcome is AppendOutcome.Appended)
                await sealer.SealAsync(FullSegments.All, cancellation);
            return outcome;
        }

        public long Count(LogStream stream) => log.Count(stream);

        public Task<LogPage> ReadAsync(LogStream stream, long from, int maxLines, int maxBytes, CancellationToken cancellation) =>
            log.ReadAsync(stream, from, maxLines, maxBytes, cancellation);

        public Task<ReadOnlyMemory<byte>?> ReadDocumentAsync(string name, CancellationToken cancellation) => log.ReadDocumentAsync(name, cancellation);

        public Task<IReadOnlyList<string>> ListDocumentsAsync(string folder, CancellationToken cancellation) => log.ListDocumentsAsync(folder, cancellation);

        public Task<LogHead> RefreshAsync(CancellationToken cancellation) => log.RefreshAsync(cancellation);

        public Task WaitBeyondAsync(long count, CancellationToken cancellation) => log.WaitBeyondAsync(count, cancellation);

        public Task<IdempotencyRecord?> FindKeyAsync(string key, CancellationToken cancellation) => log.FindKeyAsync(key, cancellation);

        public Task WriteDocumentAsync(VaultDocument document, bool derived, CancellationToken cancellation) =>
            log.WriteDocumentAsync(document, derived, cancellation);

        public Task DeleteDocumentAsync(string name, CancellationToken cancellation) => log.DeleteDocumentAsync(name, cancellation);

        public Task<ReadOnlyMemory<byte>?> ReadBesideAsync(string name, CancellationToken cancellation) => log.ReadBesideAsync(name, cancellation);

        public Task<bool> WriteBesideAsync(VaultDocument document, long? rank, CancellationToken cancellation) =>
            log.WriteBesideAsync(document, rank, cancellation);

        public ValueTask DisposeAsync() => log.DisposeAsync();
    }
}
