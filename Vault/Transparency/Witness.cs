using System.Globalization;
using Granary.Vault.Keys;
using Granary.Vault.Proofs;

namespace Granary.Vault.Transparency;

/// <summary>A witness's answer, in the terms of HTTP that its protocol has.</summary>
/// <param name="Status">200, or why not.</param>
/// <param name="Text">For 200 the line of the cosignature; for 409 the size that was signed last; else a sentence.</param>
public sealed record WitnessAnswer(int Status, string Text);

/// <summary>
/// Signs the checkpoints of other logs (c2sp.org/tlog-witness, cosignature/v1): each only if it continues the last one that it signed of the same log. So
/// nobody who trusts it can be shown two histories of a log, or a shorter one.
/// </summary>
/// <param name="name">The witness's name in its signatures.</param>
/// <param name="key">Its key, used for nothing else.</param>
/// <param name="logs">The verifier keys of the logs that it knows; a log may have several.</param>
/// <param name="records">What it signed before.</param>
/// <param name="time">The clock of its signatures.</param>
public sealed class Witness(string name, SigningKey key, IReadOnlyList<NoteKey> logs, WitnessRecords records, TimeProvider time)
{
    private readonly Lock _turn = new();

    /// <summary>What its signatures are verified with.</summary>
    public NoteKey Key { get; } = new(name, NoteKeyKind.Witness, key.PublicKey);

    /// <summary>Answers <c>add-checkpoint</c>. The order of the checks is the protocol's.</summary>
    public WitnessAnswer Add(ReadOnlySpan<byte> body)
    {
        WitnessRequest request;
        try
        {
            request = WitnessRequest.Read(body);
        }
        catch (FormatException failure)
        {
            return new WitnessAnswer(400, failure.Message);
        }
        var keys = logs.Where(log => log.Name == request.Checkpoint.Origin).ToList();
        if (keys.Count == 0)
            return new WitnessAnswer(404, "This witness does not know the log.");
        // A line that claims to be by a known key and is false spoils the note.
        var signers = keys.Where(log => request.Note.Signatures.Any(signature => signature.Claims(log))).ToList();
        if (signers.Count == 0 || !signers.TrueForAll(request.Note.IsSignedBy))
            return new WitnessAnswer(403, "The checkpoint is not signed by a key of the log that this witness knows.");
        if (request.OldSize > request.Checkpoint.Size)
            return new WitnessAnswer(400, "The old size is larger than the checkpoint's.");
        // Looking at the record and replacing it are one step: two requests at once must not both continue the same one.
        lock (_turn)
            return Decide(request, signers);
    }

    /// <summary>The last checkpoint that it signed of a log, with both signatures; null where there is none.</summary>
    /// <param name="originHash">The SHA-256 of the log's origin, 64 hex digits.</param>
    public SignedNote? Latest(string originHash) => EventTree.IsHash(originHash) ? records.Find(originHash) : null;

    private WitnessAnswer Decide(WitnessRequest request, List<NoteKey> signers)
    {
        var record = WitnessRecords.NameOf(request.Checkpoint.Origin);
        var last = records.Find(record) is { } note ? LogCheckpoint.Parse(note.Text) : null;
        if (request.OldSize != (last?.Size ?? 0))
            return new WitnessAnswer(409, (last?.Size ?? 0).ToString(CultureInfo.InvariantCulture) + "\n");
        var isEmpty = request.Checkpoint.Size == 0 && request.Checkpoint.Root != Convert.ToHexStringLower(TreeHash.Empty());
        if (isEmpty || !request.Follows(last is null ? TreeHash.Empty() : Convert.FromHexString(last.Root)))
            return new WitnessAnswer(422, "The checkpoint does not continue the one that this witness signed last.");
        var signature = NoteSignature.Cosign(request.Note.Text, name, key, time.GetUtcNow());
        var kept = request.Note.Signatures.Where(one => signers.Exists(one.Claims));
        records.Save(record, new SignedNote(request.Note.Text, [.. kept, signature]));
        return new WitnessAnswer(200, signature.Line);
    }
}
