using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Operations.Sync;

/// <summary>Some consecutive events of a log, as a log of their own.</summary>
internal sealed class LogPart : IVaultReader
{
    private readonly IVaultReader _log;
    private readonly List<ReadOnlyMemory<byte>> _lines;

    private LogPart(IVaultReader log, List<ReadOnlyMemory<byte>> lines, bool isLast)
    {
        _log = log;
        _lines = lines;
        IsLast = isLast;
    }

    /// <summary>Whether the log ends with it.</summary>
    public bool IsLast { get; }

    public ReadOnlyMemory<byte> LastLine => _lines[^1];

    public IReadOnlyList<StorageFinding> Findings => _log.Findings;

    /// <summary>Reads at least one event, where there is one.</summary>
    public static async Task<LogPart> ReadAsync(IVaultReader log, long from, int maxLines, int maxBytes, CancellationToken cancellation)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        var at = from;
        while (lines.Count < maxLines && maxBytes > 0 && at < log.Count(LogStream.Events))
        {
            var page = await log.ReadAsync(LogStream.Events, at, Math.Min(1024, maxLines - lines.Count), maxBytes, cancellation);
            if (page.Lines.Count == 0)
                break;
            lines.AddRange(page.Lines);
            maxBytes -= page.Lines.Sum(line => line.Length + 1);
            at = page.Next;
        }
        return new LogPart(log, lines, at >= log.Count(LogStream.Events));
    }

    public long Count(LogStream stream) => stream == LogStream.Events ? _lines.Count : 0;

    public Task<LogPage> ReadAsync(LogStream stream, long from, int maxLines, int maxBytes, CancellationToken cancellation) =>
        Task.FromResult(new LogPage(from, stream == LogStream.Events ? _lines.GetRange((int)from, Math.Min(maxLines, _lines.Count - (int)from)) : []));

    public Task<ReadOnlyMemory<byte>?> ReadDocumentAsync(string name, CancellationToken cancellation) => _log.ReadDocumentAsync(name, cancellation);

    public Task<IReadOnlyList<string>> ListDocumentsAsync(string folder, CancellationToken cancellation) => _log.ListDocumentsAsync(folder, cancellation);
}
