using Granary.Vault.Storage;

namespace Granary.Vault.Tests.Support;

/// <summary>A vault in memory, of any content, to be read.</summary>
internal sealed class MemoryVault : IVaultReader
{
    public List<byte[]> Events { get; } = [];

    public List<byte[]> Chain { get; } = [];

    public Dictionary<string, byte[]> Documents { get; } = [];

    /// <summary>How many lines a page holds at most.</summary>
    public int PageLines { get; init; } = int.MaxValue;

    public IReadOnlyList<StorageFinding> Findings { get; } = [];

    public long Count(LogStream stream) => Lines(stream).Count;

    public Task<LogPage> ReadAsync(LogStream stream, long from, int maxLines, int maxBytes, CancellationToken cancellation) =>
        Task.FromResult(new LogPage(from, [.. Lines(stream).Skip((int)from).Take(Math.Min(maxLines, PageLines)).Select(line => (ReadOnlyMemory<byte>)line)]));

    public Task<ReadOnlyMemory<byte>?> ReadDocumentAsync(string name, CancellationToken cancellation) =>
        Task.FromResult(Documents.TryGetValue(name, out var content) ? content : (ReadOnlyMemory<byte>?)null);

    public Task<IReadOnlyList<string>> ListDocumentsAsync(string folder, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>(
            [.. Documents.Keys.Where(name => name.StartsWith(folder + "/", StringComparison.Ordinal) && name.IndexOf('/', folder.Length + 1) < 0).Order(StringComparer.Ordinal)]);

    private List<byte[]> Lines(LogStream stream) => stream switch
    {
        LogStream.Events => Events,
        LogStream.Chain => Chain,
        _ => [],
    };
}
