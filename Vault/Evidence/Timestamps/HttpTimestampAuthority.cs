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
        var answer = await EvidenceHttp.SendAsync(client, message, $"The timestamp authority {address}", MaxResponse, cancellation);
        return answer.IsSuccess ? answer.Body : throw EvidenceHttp.Refused($"The timestamp authority {address}", answer.Status);
    }
}
