using System.Buffers;
using Granary.Gateway.Protocol.Messages;
using Microsoft.AspNetCore.Connections;

namespace Granary.Gateway.Protocol.Http;

/// <summary>A request's body in one pooled piece. It lives as long as the work on it, which may be longer than the request.</summary>
internal sealed class RequestBody : IDisposable
{
    private byte[]? _bytes;
    private readonly int _length;

    private RequestBody(byte[] bytes, int length)
    {
        _bytes = bytes;
        _length = length;
    }

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <exception cref="RpcException">The body is longer than <paramref name="limit"/>, or ends early.</exception>
    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, int limit)
    {
        if (request.Headers.ContentEncoding is { Count: > 0 } encoding && !string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase))
            throw Encoded(encoding.ToString());
        if (request.ContentLength > limit)
            throw TooLarge(request, limit);
        var reader = request.BodyReader;
        try
        {
            while (true)
            {
                // No token: Kestrel takes a cancelled read for one still in progress when it drains the body, and logs an error. The read ends
                // by itself when the client is gone.
                var read = await reader.ReadAsync(CancellationToken.None);
                if (read.Buffer.Length > limit)
                {
                    reader.AdvanceTo(read.Buffer.End);
                    throw TooLarge(request, limit);
                }
                if (!read.IsCompleted)
                {
                    reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                    continue;
                }
                var length = (int)read.Buffer.Length;
                var bytes = ArrayPool<byte>.Shared.Rent(Math.Max(length, 1));
                read.Buffer.CopyTo(bytes);
                reader.AdvanceTo(read.Buffer.End);
                return new RequestBody(bytes, length);
            }
        }
        catch (BadHttpRequestException e)
        {
            throw e.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge(request, limit) : Incomplete();
        }
        catch (ConnectionResetException)
        {
            // Kestrel takes the broken read for one still in progress, unless it knows that there is nobody to drain the body for.
            request.HttpContext.Abort();
            throw Incomplete();
        }
        catch (IOException)
        {
            // A chunk's size that overflows, for example, is no bad request to Kestrel.
            throw Incomplete();
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _bytes, null) is { } bytes)
            ArrayPool<byte>.Shared.Return(bytes);
    }

    private static RpcException Encoded(string encoding) => RpcException.Parse(
        $"This server takes no compressed bodies: send it without 'Content-Encoding: {(encoding.Length <= 32 ? encoding : encoding[..32])}'.");

    private static RpcException Incomplete() => RpcException.Parse("The body ended before it was complete.");

    private static RpcException TooLarge(HttpRequest request, int limit)
    {
        // What still comes of the body must not be taken for the next request.
        request.HttpContext.Response.Headers.Connection = "close";
        return RpcException.InvalidRequest($"The body is larger than {limit} bytes.", StatusCodes.Status413PayloadTooLarge);
    }
}
