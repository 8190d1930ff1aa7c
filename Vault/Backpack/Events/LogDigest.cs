using System.Security.Cryptography;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack.Events;

/// <summary>
/// The running hash and size of a log's file, so that a seal point reads only what was appended since the one before. Begin a new one after a line
/// was replaced here; a redaction that somebody else appended makes it begin again by itself.
/// </summary>
public sealed class LogDigest : IDisposable
{
    private IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>How many lines it has taken.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes of those lines, line feeds included.</summary>
    public long Size { get; private set; }

    /// <summary>Takes what the log holds beyond <see cref="Position"/>.</summary>
    /// <param name="reader">The log.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <param name="end">How many lines it takes at most, all in all.</param>
    public async Task CatchUpAsync(IVaultReader reader, CancellationToken cancellation, long end = long.MaxValue)
    {
        var from = Position;
        while (Position < Math.Min(end, reader.Count(LogStream.Events)))
        {
            var lines = (int)Math.Min(1024, end - Position);
            var page = await reader.ReadAsync(LogStream.Events, Position, lines, 4 * 1024 * 1024, cancellation);
            if (page.Lines.Count == 0)
                return;
            if (from > 0 && page.Lines.Any(line => line.Span.IndexOf("\"com.provara.redaction\""u8) >= 0))
            {
                Restart();
                from = 0;
                continue;
            }
            foreach (var line in page.Lines)
            {
                _hash.AppendData(line.Span);
                _hash.AppendData("\n"u8);
                Size += line.Length + 1;
            }
            Position = page.Next;
        }
    }

    private void Restart()
    {
        _hash.Dispose();
        _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        (Position, Size) = (0, 0);
    }

    /// <summary>The hash of what it has taken, 64 hex digits.</summary>
    public string Current() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <inheritdoc />
    public void Dispose() => _hash.Dispose();
}
