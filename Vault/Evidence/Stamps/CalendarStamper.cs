using System.Net;

namespace Granary.Vault.Evidence.Stamps;

/// <summary>
/// Stamps by a calendar of OpenTimestamps: it promises at once to have the root committed to by a Bitcoin block, and hours later tells how. The evidence is a detached
/// proof of the root.
/// </summary>
/// <param name="client">Sends; its time-outs and proxies are the host's.</param>
/// <param name="calendar">The calendar's address.</param>
public sealed class CalendarStamper(HttpClient client, Uri calendar) : IHeadStamper
{
    /// <inheritdoc />
    public string Kind => HeadStamp.OpenTimestamps;

    /// <inheritdoc />
    public string Authority => calendar.ToString();

    /// <inheritdoc />
    public bool Promises => true;

    /// <inheritdoc />
    public async Task<byte[]> StampAsync(ReadOnlyMemory<byte> root, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, EvidenceHttp.Below(calendar, "digest")) { Content = new ReadOnlyMemoryContent(root) };
        var answer = await SendAsync(message, cancellation) ?? throw new EvidenceException($"The calendar {calendar} takes no digests at its address.");
        return Read(() => OpenTimestampsProof.Of(root.Span, answer)).Write();
    }

    /// <inheritdoc />
    public async Task<byte[]?> CompleteAsync(ReadOnlyMemory<byte> evidence, CancellationToken cancellation)
    {
        var proof = Read(() => OpenTimestampsProof.Read(evidence.Span));
        if (proof.IsComplete || proof.Open.FirstOrDefault(IsOurs) is not { } promise)
            return null;
        using var message = new HttpRequestMessage(HttpMethod.Get, EvidenceHttp.Below(calendar, $"timestamp/{Convert.ToHexStringLower(promise.Commitment.Span)}"));
        var answer = await SendAsync(message, cancellation);
        if (answer is null)
            return null;
        var complete = Read(() => proof.With(promise, answer));
        return complete.IsComplete ? complete.Write() : null;
    }

    /// <returns>What was answered; null for status 404, which is "not yet".</returns>
    private async Task<byte[]?> SendAsync(HttpRequestMessage message, CancellationToken cancellation)
    {
        message.Headers.Accept.ParseAdd("application/vnd.opentimestamps.v1");
        var answer = await EvidenceHttp.SendAsync(client, message, $"The calendar {calendar}", OpenTimestampsProof.MaxAnswer, cancellation);
        return answer.IsSuccess ? answer.Body
            : answer.Status == HttpStatusCode.NotFound ? null : throw EvidenceHttp.Refused($"The calendar {calendar}", answer.Status);
    }

    /// <summary>A promise is looked up where it was given and nowhere else: the answer names the address, and could name any.</summary>
    private bool IsOurs(OpenTimestampsEnd promise) => promise.Calendar!.TrimEnd('/') == calendar.ToString().TrimEnd('/');

    private OpenTimestampsProof Read(Func<OpenTimestampsProof> read)
    {
        try
        {
            return read();
        }
        catch (FormatException failure)
        {
            throw new EvidenceException($"The calendar {calendar} answered with what is no proof of this root: {failure.Message}", failure);
        }
    }
}
