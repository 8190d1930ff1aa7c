using System.Buffers;

namespace Granary.Instana.Http;

/// <summary>Reads a body up to a limit. What counts is the decompressed length, so a small bomb is found too.</summary>
internal static class BoundedBody
{
    private const int Chunk = 16 * 1024;

    /// <returns>The body; null when it is longer than the limit.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContent content, int limit, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength > limit)
            return null;
        using var stream = await content.ReadAsStreamAsync(cancellation);
        // Grown in a rented buffer, which holds one byte more than may come, and kept in an array of its own size.
        var rented = ArrayPool<byte>.Shared.Rent((int)Math.Min(content.Headers.ContentLength + 1 ?? Chunk, limit + 1L));
        try
        {
            for (var length = 0; ;)
            {
                if (length == rented.Length)
                    rented = Grow(rented, limit);
                var read = await stream.ReadAsync(rented.AsMemory(length), cancellation);
                if (read == 0)
                    return rented.AsMemory(0, length).ToArray();
                length += read;
                if (length > limit)
                    return null;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static byte[] Grow(byte[] full, int limit)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * full.Length, limit + 1L));
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}
