using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Granary.Cli.Output;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Cli.Vaults;

/// <summary>A line of a log and where it starts in its file.</summary>
internal readonly record struct EventLine(long Position, long Offset, ReadOnlyMemory<byte> Text)
{
    /// <summary>The event as the formats read it, where of two members of one name the last counts; null where the line is not a JSON object.</summary>
    public JsonObject? Parse()
    {
        try
        {
            using var scratch = new PooledBuffer(0);
            return ConsoleJson.Read(CanonicalJson.Read(Text.Span, scratch, CanonicalJson.GreatestMaxDepth)) as JsonObject;
        }
        catch (CanonicalJsonException)
        {
            return null;
        }
    }
}

/// <summary>Reads a log line by line, in pages.</summary>
internal static class EventLines
{
    private const int PageLines = 1024;
    private const int PageBytes = 4 * 1024 * 1024;

    public static async IAsyncEnumerable<EventLine> ReadAsync(
        IVaultReader reader, IProgress<long>? progress = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        long offset = 0;
        for (long at = 0; at < reader.Count(LogStream.Events);)
        {
            var page = await reader.ReadAsync(LogStream.Events, at, PageLines, PageBytes, cancellation);
            if (page.Lines.Count == 0)
                yield break;
            foreach (var line in page.Lines)
            {
                yield return new EventLine(at++, offset, line);
                offset += line.Length + 1;
            }
            progress?.Report(at);
        }
    }
}
