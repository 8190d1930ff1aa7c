using System.Buffers;

namespace Granary.Instana.Http;

/// <summary>Reads a body up to a limit. What counts is the decompressed length, so a small bomb is found too.</summary>
internal static class BoundedBody
{
    private const int Chunk = 64 * 1024;

    /// <returns>The body; null when it is longer than the limit.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContent content, int limit, CancellationToken cancellation)
    {
        var announced = content.Headers.ContentLength;
        if (announced > limit)
            return null;
        using var stream = await content.ReadAsStreamAsync(cancellation);
        var buffer = new ArrayBufferWriter<byte>((int)Math.Clamp(announced ?? Chunk, 256, limit + 1L));
        while (true)
        {
            var room = Math.Min(Chunk, limit + 1 - buffer.WrittenCount);
            var read = await stream.ReadAsync(buffer.GetMemory(room)[..room], cancellation);
            if (read == 0)
                return buffer.WrittenMemory;
            buffer.Advance(read);
            if (buffer.WrittenCount > limit)
                return null;
        }
    }
}
