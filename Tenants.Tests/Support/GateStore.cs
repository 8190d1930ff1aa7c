using Granary.Vault.Storage;

namespace Granary.Tenants.Tests.Support;

/// <summary>A store in which a test can hold appends up, have them fail, and slip in between as another writer.</summary>
internal sealed class GateStore(IVaultStore inner) : IVaultStore
{
    public SemaphoreSlim Entered { get; } = new(0);

    public SemaphoreSlim? Gate { get; set; }

    public Func<IVaultLog, Task>? BeforeAppend { get; set; }

    public VaultStorageException? Failure { get; set; }

    public int Opened { get; private set; }

    public int Appends { get; private set; }

    /// <summary>How many lines of logs were read.</summary>
    public long LinesRead { get; set; }

    public Task CreateAsync(VaultBirth birth, CancellationToken cancellation) => inner.CreateAsync(birth, cancellation);

    public async Task<IVaultLog> OpenAsync(CancellationToken cancellation)
    {
        Opened++;
        return new GateLog(this, await inner.OpenAsync(cancellation));
    }

    private sealed class GateLog(GateStore store, IVaultLog log) : IVaultLog
    {
        public LogHead Head { get; private set; } = log.Head;

        public VaultFormat Format => log.Format;

        public IReadOnlyList<StorageFinding> Repairs => log.Repairs;

        public IReadOnlyList<StorageFinding> Findings => log.Findings;

        public async Task<AppendOutcome> AppendAsync(LogHead expected, IReadOnlyList<LogEntry> entries, CancellationToken cancellation)
        {
            store.Entered.Release();
            if (store.Gate is { } gate)
                await gate.WaitAsync(cancellation);
            if (store.BeforeAppend is { } before)
            {
                store.BeforeAppend = null;
                await before(log);
            }
            if (store.Failure is { } failure)
            {
                store.Failure = null;
                throw failure;
            }
            store.Appends++;
            var outcome = await log.AppendAsync(expected, entries, cancellation);
            if (outcome is AppendOutcome.Appended)
                Head = log.Head;
            return outcome;
        }

        public Task<LogHead> RefreshAsync(CancellationToken cancellation) => Task.FromResult(Head = log.Head);

        public long Count(LogStream stream) => log.Count(stream);

        public async Task<LogPage> ReadAsync(LogStream stream, long from, int maxLines, int maxBytes, CancellationToken cancellation)
        {
            var page = await log.ReadAsync(stream, from, maxLines, maxBytes, cancellation);
            store.LinesRead += page.Lines.Count;
            return page;
        }

        public Task<ReadOnlyMemory<byte>?> ReadDocumentAsync(string name, CancellationToken cancellation) => log.ReadDocumentAsync(name, cancellation);

        public Task<IReadOnlyList<string>> ListDocumentsAsync(string folder, CancellationToken cancellation) => log.ListDocumentsAsync(folder, cancellation);

        public Task WaitBeyondAsync(long count, CancellationToken cancellation) => log.WaitBeyondAsync(count, cancellation);

        public Task<IdempotencyRecord?> FindKeyAsync(string key, CancellationToken cancellation) => log.FindKeyAsync(key, cancellation);

        public Task WriteDocumentAsync(VaultDocument document, bool derived, CancellationToken cancellation) =>
            log.WriteDocumentAsync(document, derived, cancellation);

        public Task DeleteDocumentAsync(string name, CancellationToken cancellation) => log.DeleteDocumentAsync(name, cancellation);

        public Task<ReadOnlyMemory<byte>?> ReadBesideAsync(string name, CancellationToken cancellation) => log.ReadBesideAsync(name, cancellation);

        public Task<bool> WriteBesideAsync(VaultDocument document, long? rank, CancellationToken cancellation) => log.WriteBesideAsync(document, rank, cancellation);

        public ValueTask DisposeAsync() => log.DisposeAsync();
    }
}
