using System.Globalization;
using System.Net;
using System.Text;
using Granary.Vault.Proofs;
using Granary.Vault.Transparency;

namespace Granary.Gateway.Transparency;

/// <summary>Asks a witness to sign (c2sp.org/tlog-witness). Nothing that it answers is believed but a signature that holds.</summary>
internal sealed class WitnessClient : IDisposable
{
    private const int MaxAnswer = 64 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = Patience })
    {
        MaxResponseContentBufferSize = MaxAnswer,
        Timeout = Patience,
    };

    /// <summary>The witness's signatures of a checkpoint.</summary>
    /// <param name="witness">Whom to ask.</param>
    /// <param name="note">The checkpoint.</param>
    /// <param name="knownSize">The size that it signed last, as far as this gateway knows.</param>
    /// <param name="prove">Proves that the tree of a size is the beginning of the checkpoint's.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="WitnessException">It did not sign; the message says why.</exception>
    public async Task<IReadOnlyList<NoteSignature>> AskAsync(
        AskedWitness witness, SignedNote note, long knownSize, Func<long, Task<ConsistencyProof>> prove, CancellationToken cancellation)
    {
        var (status, text) = await PostAsync(witness, note, knownSize, prove, cancellation);
        // It signed another size last, through another gateway for example: it says which, and is asked once more from there.
        if (status == HttpStatusCode.Conflict)
        {
            var size = long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var told) ? told : -1;
            var own = LogCheckpoint.Parse(note.Text).Size;
            if (size < 0 || size > own)
                throw new WitnessException($"it has signed {size} entries of this log, and the log holds {own}: the log was rolled back, or has two histories");
            (status, text) = await PostAsync(witness, note, size, prove, cancellation);
        }
        if (status == HttpStatusCode.UnprocessableEntity)
            throw new WitnessException("it has signed another history of this log, which this one does not continue");
        return status == HttpStatusCode.OK ? Valid(witness, note, text) : throw new WitnessException($"it answered with status {(int)status}");
    }

    public void Dispose() => _http.Dispose();

    private static List<NoteSignature> Valid(AskedWitness witness, SignedNote note, string text)
    {
        try
        {
            List<NoteSignature> signatures = [.. SignedNote.ReadSignatures(text).Where(signature => signature.IsBy(witness.Key, note.Text, out _))];
            return signatures.Count > 0 ? signatures : throw new WitnessException("its answer holds no valid signature by its key");
        }
        catch (FormatException failure)
        {
            throw new WitnessException($"its answer cannot be read: {failure.Message}", failure);
        }
    }

    private async Task<(HttpStatusCode Status, string Text)> PostAsync(
        AskedWitness witness, SignedNote note, long size, Func<long, Task<ConsistencyProof>> prove, CancellationToken cancellation)
    {
        var request = WitnessRequest.Create(size == 0 ? null : await prove(size), note);
        try
        {
            using var body = new ByteArrayContent(request.Write());
            using var response = await _http.PostAsync(new Uri(witness.Url, "add-checkpoint"), body, cancellation);
            return (response.StatusCode, Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(cancellation)));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException
            || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new WitnessException("it did not answer", failure);
        }
    }
}

/// <summary>A witness did not sign; the message is the end of a sentence.</summary>
internal sealed class WitnessException(string message, Exception? inner = null) : Exception(message, inner);
