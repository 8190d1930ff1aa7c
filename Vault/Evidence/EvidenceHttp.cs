using System.Net;

namespace Granary.Vault.Evidence;

/// <summary>What an authority answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="Location">The header of that name, as it was sent.</param>
/// <param name="Body">The body of a success; otherwise empty.</param>
internal sealed record EvidenceAnswer(HttpStatusCode Status, Uri? Location, byte[] Body)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;
}

/// <summary>Asks authorities over HTTP; what they send is bounded in size and time.</summary>
internal static class EvidenceHttp
{
    /// <param name="client">Sends; its time-out is for all of the answer.</param>
    /// <param name="message">The request.</param>
    /// <param name="who">Begins the sentences about failures, for example "The calendar https://…".</param>
    /// <param name="maxBytes">The most bytes that a body may have.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="EvidenceException">It cannot be reached, does not answer in time, or says too much.</exception>
    public static async Task<EvidenceAnswer> SendAsync(HttpClient client, HttpRequestMessage message, string who, int maxBytes, CancellationToken cancellation)
    {
        // The client's own time-out ends with the headers, and a body could come byte by byte for ever.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(client.Timeout);
        try
        {
            using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (!response.IsSuccessStatusCode)
                return new EvidenceAnswer(response.StatusCode, response.Headers.Location, []);
            await using var stream = await response.Content.ReadAsStreamAsync(limit.Token);
            var buffer = new byte[maxBytes + 1];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, limit.Token);
            return length <= maxBytes
                ? new EvidenceAnswer(response.StatusCode, null, buffer[..length])
                : throw new EvidenceException($"{who} answered with more than {maxBytes} bytes.");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw new EvidenceException($"{who} cannot be reached: {failure.Message}", failure);
        }
        catch (OperationCanceledException failure) when (!cancellation.IsCancellationRequested)
        {
            throw new EvidenceException($"{who} did not answer in time.", failure);
        }
    }

    /// <summary>That an authority refuses, or answers something else than what it was asked for.</summary>
    public static EvidenceException Refused(string who, HttpStatusCode status) => new($"{who} answered with status {(int)status}.");

    /// <summary>The address of a path below an authority's own.</summary>
    public static Uri Below(Uri address, string path) => new($"{address.ToString().TrimEnd('/')}/{path}");
}
