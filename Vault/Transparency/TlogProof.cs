using System.Globalization;
using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Proofs;

namespace Granary.Vault.Transparency;

/// <summary>
/// A proof that an event is in a log, in the text form that verifiers of other logs read (c2sp.org/tlog-proof): index, path, and the checkpoint with all
/// its signatures. The line <c>extra</c> holds the event, and the vault's own signed head where the proof was made of one: with these it turns back into
/// an <see cref="EventProof"/>.
/// </summary>
public sealed class TlogProof
{
    private const string Header = "c2sp.org/tlog-proof@v1\n";

    // The tree's height bounds the path; an event with its head is bounded as a line of a log is.
    private const int MaxPath = 63;

    private TlogProof(byte[]? extra, long index, IReadOnlyList<byte[]> path, SignedNote note, LogCheckpoint checkpoint)
    {
        (Extra, Index, Path) = (extra, index, path);
        (Note, Checkpoint) = (note, checkpoint);
    }

    /// <summary>Where the event stands, from 0.</summary>
    public long Index { get; }

    /// <summary>The checkpoint's note, whose signatures are to be checked.</summary>
    public SignedNote Note { get; }

    /// <summary>The checkpoint.</summary>
    public LogCheckpoint Checkpoint { get; }

    internal byte[]? Extra { get; }

    internal IReadOnlyList<byte[]> Path { get; }

    /// <summary>Puts an event's proof under a checkpoint.</summary>
    /// <exception cref="ProofInputException">The checkpoint is of another tree than the proof.</exception>
    public static TlogProof From(EventProof proof, SignedNote note)
    {
        var checkpoint = LogCheckpoint.Parse(note.Text);
        if (checkpoint.Size != proof.Inclusion.Count || checkpoint.Root != proof.Inclusion.Root)
        {
            throw new ProofInputException(
                $"The checkpoint is of {checkpoint.Size} entries and the proof of {proof.Inclusion.Count}, or they are of different logs: "
                + "give the checkpoint of the proof's size.");
        }
        using var extra = new PooledBuffer(proof.Event.Length + 1024);
        CanonicalDocument.WriteRaw(extra, "chain", proof.Chain.IsEmpty ? "null"u8 : proof.Chain.Span);
        CanonicalDocument.WriteRaw(extra, "event", proof.Event.Span);
        CanonicalDocument.WriteRaw(extra, "head", proof.Head.Write());
        extra.Write((byte)'}');
        return new TlogProof(extra.Written.ToArray(), proof.Inclusion.Position, proof.Inclusion.Path, note, checkpoint);
    }

    /// <exception cref="FormatException">It is no such proof; the message says why.</exception>
    public static TlogProof Read(ReadOnlySpan<byte> bytes)
    {
        var text = SignedNote.Decode(bytes);
        var split = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (!text.StartsWith(Header, StringComparison.Ordinal) || split < 0)
            throw new FormatException("A tlog proof begins with the line c2sp.org/tlog-proof@v1, and an empty line is before its checkpoint.");
        var lines = text[Header.Length..split].Split('\n').ToList();
        byte[]? extra = null;
        if (lines[0].StartsWith("extra ", StringComparison.Ordinal))
        {
            extra = Base64(lines[0][6..]);
            lines.RemoveAt(0);
        }
        if (lines.Count == 0 || !lines[0].StartsWith("index ", StringComparison.Ordinal) || lines.Count > MaxPath + 1)
            throw new FormatException($"A tlog proof has the line index, and at most {MaxPath} hashes behind it.");
        List<byte[]> path = [.. lines.Skip(1).Select(Base64)];
        if (path.Exists(hash => hash.Length != TreeHash.Size))
            throw new FormatException("A tlog proof's hashes are 32 bytes in Base64.");
        var note = SignedNote.Read(Encoding.UTF8.GetBytes(text[(split + 2)..]));
        return new TlogProof(extra, LogCheckpoint.ParseSize(lines[0][6..]), path, note, LogCheckpoint.Parse(note.Text));
    }

    /// <summary>The proof's bytes.</summary>
    public byte[] Write()
    {
        var text = new StringBuilder(Header);
        if (Extra is not null)
            text.Append("extra ").Append(Convert.ToBase64String(Extra)).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"index {Index}\n");
        foreach (var hash in Path)
            text.Append(Convert.ToBase64String(hash)).Append('\n');
        return [.. Encoding.UTF8.GetBytes(text.Append('\n').ToString()), .. Note.Write()];
    }

    /// <summary>The proof as this program's own, with the event and the signed head that it carries.</summary>
    /// <exception cref="FormatException">It carries none: it was not made from a vault's proof.</exception>
    public EventProof ToEventProof()
    {
        if (Extra is null)
            throw new FormatException("The tlog proof has no line extra, so it holds neither the event nor a signed head.");
        var text = CanonicalDocument.Canonical(Extra, "The proof's line extra");
        var chain = CanonicalDocument.Member(text, "chain");
        var head = SignedHead.Read(CanonicalDocument.Member(text, "head"));
        var written = CanonicalDocument.Member(text, "event").ToArray();
        var link = chain.SequenceEqual("null"u8) ? default : chain.ToArray();
        if (EventProof.FormatOf(head.Format) is not { } format || format.Check(Index, written, link, out var hash) != Storage.EntryState.Whole)
            throw new FormatException("The event in the tlog proof is not what its id or hash says: it was changed.");
        var inclusion = new InclusionProof(Index, Checkpoint.Size, Convert.FromHexString(hash), Path, Convert.FromHexString(Checkpoint.Root));
        return new EventProof(written, link, inclusion, head);
    }

    /// <summary>Whether an entry's hash, 64 hex digits, is at the index of the checkpoint's tree.</summary>
    public bool Holds(string entryHash) =>
        new InclusionProof(Index, Checkpoint.Size, Convert.FromHexString(entryHash), Path, Convert.FromHexString(Checkpoint.Root)).IsValid;

    private static byte[] Base64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && Convert.ToBase64String(bytes.AsSpan(0, length)) == text
            ? bytes[..length]
            : throw new FormatException("A line of the tlog proof is not Base64.");
    }
}
