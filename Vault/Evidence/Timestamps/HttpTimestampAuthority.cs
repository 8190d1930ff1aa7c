using System.Net.Http.Headers;

namespace Granary.Vault.Evidence.Timestamps;

/// <summary>An authority that is asked over HTTP (RFC 3161, section 3.4).</summary>
/// <param name="client">Sends; its time-outs and proxies are the host's.</param>
/// <param name="address">Where to.</param>
public sealed class HttpTimestampAuthority(HttpClient client, Uri address) : ITimestampAuthority
{
    /// <summary>A response holds a signature and some certificates; whatever is larger is no response.</summary>
    private const int MaxResponse = 256 * 1024;

    /// <inheritdoc />
    public Uri? Address => address;

    /// <inheritdoc />
    public async Task<byte[]> AskAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(request) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/timestamp-query");
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/timestamp-reply"));
        try
        {
            using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!response.IsSuccessStatusCode)
                throw new EvidenceException($"The timestamp authority {address} answered with status {(int)response.StatusCode}.");
            await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
            return await ReadAsync(stream, cancellation);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw new EvidenceException($"The timestamp authority {address} cannot be reached: {failure.Message}", failure);
        }
        catch (OperationCanceledException failure) when (!cancellation.IsCancellationRequested)
        {
            throw new EvidenceException($"The timestamp authority {address} did not answer in time.", failure);
        }
    }

    private async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var buffer = new byte[MaxResponse + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        return length <= MaxResponse
            ? buffer[..length]
            : throw new EvidenceException($"The timestamp authority {address} answered with more than {MaxResponse} bytes.");
    }
}
