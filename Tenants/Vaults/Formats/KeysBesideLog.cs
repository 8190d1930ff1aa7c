using Granary.Vault.Backpack;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Formats;

/// <summary>
/// A Backpack vault's log whose private keys lie beside the vault and not in it, where every copy of the folder would have them. One that came from
/// elsewhere may still have them inside, until they change.
/// </summary>
internal sealed class KeysBesideLog(IVaultLog log) : IVaultLog
{
    /// <summary>The name of the private keys' document, beside the vault.</summary>
    public const string KeysName = "private_keys.json";

    public VaultFormat Format => log.Format;

    public LogHead Head => log.Head;

    public IReadOnlyList<StorageFinding> Repairs => log.Repairs;

    public IReadOnlyList<StorageFinding> Findings => log.Findings;

    public long Count(LogStream stream) => log.Count(stream);

    public Task<AppendOutcome> AppendAsync(LogHead expected, IReadOnlyList<LogEntry> entries, CancellationToken cancellation) =>
        log.AppendAsync(expected, entries, cancellation);

    public Task<LogHead> RefreshAsync(CancellationToken cancellation) => log.RefreshAsync(cancellation);

    public Task WaitBeyondAsync(long count, CancellationToken cancellation) => log.WaitBeyondAsync(count, cancellation);

    public Task<IdempotencyRecord?> FindKeyAsync(string key, CancellationToken cancellation) => log.FindKeyAsync(key, cancellation);

    public Task<LogPage> ReadAsync(LogStream stream, long from, int maxLines, int maxBytes, CancellationToken cancellation) =>
        log.ReadAsync(stream, from, maxLines, maxBytes, cancellation);

    public async Task<ReadOnlyMemory<byte>?> ReadDocumentAsync(string name, CancellationToken cancellation) =>
        name == PrivateKeyFile.FileName && await log.ReadBesideAsync(KeysName, cancellation) is { } keys ? keys : await log.ReadDocumentAsync(name, cancellation);

    public Task<IReadOnlyList<string>> ListDocumentsAsync(string folder, CancellationToken cancellation) => log.ListDocumentsAsync(folder, cancellation);

    public Task WriteDocumentAsync(VaultDocument document, bool derived, CancellationToken cancellation) =>
        document.Name == PrivateKeyFile.FileName
            ? log.WriteBesideAsync(document with { Name = KeysName, Secret = true }, rank: null, cancellation)
            : log.WriteDocumentAsync(document, derived, cancellation);

    public Task<ReadOnlyMemory<byte>?> ReadBesideAsync(string name, CancellationToken cancellation) => log.ReadBesideAsync(name, cancellation);

    public Task<bool> WriteBesideAsync(VaultDocument document, long? rank, CancellationToken cancellation) => log.WriteBesideAsync(document, rank, cancellation);

    public ValueTask DisposeAsync() => log.DisposeAsync();
}
