using System.IO.Compression;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Granary.Gateway.Protocol.Http;

/// <summary>
/// Compresses lists for clients that accept it: those of tools and prompts have a hundred kilobytes of text that repeats itself. Calls are not compressed:
/// what a client sends may come back beside what it must not learn, and the length of the two together would tell (BREACH).
/// </summary>
internal static class ListCompression
{
    /// <summary>Shorter ones fit a packet or two as they are.</summary>
    private const int MinLength = 2048;

    /// <summary>The body to send, and how it is encoded; null for as it is.</summary>
    public static (ReadOnlyMemory<byte> Body, string? Encoding) Apply(ReadOnlyMemory<byte> json, StringValues accepted)
    {
        if (json.Length < MinLength || Choose(accepted) is not { } encoding)
            return (json, null);
        using var packed = new MemoryStream(json.Length / 4);
        using (Stream stream = encoding == "br" ? new BrotliStream(packed, CompressionLevel.Fastest) : new GZipStream(packed, CompressionLevel.Fastest))
            stream.Write(json.Span);
        return (packed.ToArray(), encoding);
    }

    /// <summary>Brotli before gzip, where the client ranks both alike; RFC 9110, 12.5.3.</summary>
    private static string? Choose(StringValues accepted)
    {
        if (accepted.Count == 0 || !StringWithQualityHeaderValue.TryParseList(accepted, out var ranked))
            return null;
        var (brotli, gzip) = (Quality("br"), Quality("gzip"));
        return brotli == 0 && gzip == 0 ? null : brotli >= gzip ? "br" : "gzip";

        double Quality(string name) => (ranked.FirstOrDefault(one => one.Value.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? ranked.FirstOrDefault(one => one.Value == "*")) is { } one ? one.Quality ?? 1 : 0;
    }
}
