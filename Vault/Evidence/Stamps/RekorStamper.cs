using System.Net;
using System.Net.Http.Headers;
using Granary.Vault.Keys;

namespace Granary.Vault.Evidence.Stamps;

/// <summary>Stamps by a Rekor log, version 1: the root becomes an entry of the log, which signs when it took it.</summary>
/// <param name="client">Sends; its time-outs and proxies are the host's.</param>
/// <param name="log">The log's address.</param>
/// <param name="trusted">Keys of which one must be the log's; null to take any.</param>
/// <param name="time">The clock that the log's is held against.</param>
public sealed class RekorStamper(HttpClient client, Uri log, IReadOnlyList<P256PublicKey>? trusted, TimeProvider time) : IHeadStamper
{
    private const string Entries = "api/v1/log/entries";

    private string Who => $"The Rekor log {log}";

    /// <inheritdoc />
    public string Kind => HeadStamp.Rekor;

    /// <inheritdoc />
    public string Authority => log.ToString();

    /// <inheritdoc />
    public async Task<byte[]> StampAsync(ReadOnlyMemory<byte> root, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, EvidenceHttp.Below(log, Entries)) { Content = new ByteArrayContent(RekorBody.Propose(root.Span)) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var answer = await SendAsync(message, cancellation);
        if (answer.Status == HttpStatusCode.Conflict)
            answer = await FetchAsync(answer.Location, cancellation);
        if (!answer.IsSuccess)
            throw EvidenceHttp.Refused(Who, answer.Status);
        var entry = Read(answer.Body);
        if (entry.Problem(root.Span, trusted) is { } problem)
            throw new EvidenceException($"{Who} answered with what does not hold: {problem}");
        StampClock.Check(entry.Time, time, "Rekor log");
        return entry.Write();
    }

    /// <summary>
    /// The log has the entry already, because the request came twice, and says where. The id is all that is taken of what it says: an answer sends nobody to another host.
    /// </summary>
    private async Task<EvidenceAnswer> FetchAsync(Uri? location, CancellationToken cancellation)
    {
        // The hash of a leaf, or the id of its tree and that.
        if (location is null || !Uri.TryCreate(log, location, out var address) || !IsHere(address) || address.Segments[^1] is not { Length: 64 or 80 } id || !id.All(char.IsAsciiHexDigit))
            throw new EvidenceException($"{Who} has this entry already, and does not say which of its own it is.");
        using var message = new HttpRequestMessage(HttpMethod.Get, EvidenceHttp.Below(log, $"{Entries}/{id}"));
        return await SendAsync(message, cancellation);
    }

    private bool IsHere(Uri address) => Uri.Compare(address, log, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;

    private Task<EvidenceAnswer> SendAsync(HttpRequestMessage message, CancellationToken cancellation)
    {
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return EvidenceHttp.SendAsync(client, message, Who, RekorEntry.MaxBytes, cancellation);
    }

    private RekorEntry Read(byte[] answer)
    {
        try
        {
            return RekorEntry.Of(answer);
        }
        catch (FormatException failure)
        {
            throw new EvidenceException($"{Who} answered with what is no entry of it: {failure.Message}", failure);
        }
    }
}
