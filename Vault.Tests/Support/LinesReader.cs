using Granary.Vault.Storage;

namespace Granary.Vault.Tests.Support;

/// <summary>A log of given lines with given documents.</summary>
internal sealed class LinesReader(IEnumerable<byte[]> lines) : IVaultReader
{
    public List<byte[]> Lines { get; } = [.. lines];

    public Dictionary<string, byte[]> Documents { get; } = [];

    public IReadOnlyList<StorageFinding> Findings => [];

    public long Count(LogStream stream) => stream == LogStream.Events ? Lines.Count : 0;

    public Task<LogPage> ReadAsync(LogStream stream, long from, int maxLines, int maxBytes, CancellationToken cancellation) =>
        Task.FromResult(new LogPage(from, stream == LogStream.Events ? [.. Lines.Skip((int)from).Take(maxLines).Select(line => (ReadOnlyMemory<byte>)line)] : []));

    public Task<ReadOnlyMemory<byte>?> ReadDocumentAsync(string name, CancellationToken cancellation) =>
        Task.FromResult(Documents.TryGetValue(name, out var content) ? (ReadOnlyMemory<byte>?)content : null);

    public Task<IReadOnlyList<string>> ListDocumentsAsync(string folder, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>([.. Documents.Keys.Where(name => name.StartsWith(folder + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)]);
}
