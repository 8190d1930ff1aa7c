using System.Globalization;
using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Proofs;

namespace Granary.Vault.Transparency;

/// <summary>
/// What a log sends to a witness (c2sp.org/tlog-witness, add-checkpoint): the size that the witness signed last, a proof that the tree of that size is
/// the beginning of the new one, and the new checkpoint.
/// </summary>
public sealed class WitnessRequest
{
    private const int MaxPath = 63;

    private WitnessRequest(long oldSize, IReadOnlyList<byte[]> path, SignedNote note, LogCheckpoint checkpoint) =>
        (OldSize, Path, Note, Checkpoint) = (oldSize, path, note, checkpoint);

    /// <summary>The size before.</summary>
    public long OldSize { get; }

    /// <summary>The checkpoint's note.</summary>
    public SignedNote Note { get; }

    /// <summary>The checkpoint.</summary>
    public LogCheckpoint Checkpoint { get; }

    internal IReadOnlyList<byte[]> Path { get; }

    /// <summary>A request for a log that grew from the first tree of a proof to the second.</summary>
    /// <param name="growth">The proof; null where the witness has signed nothing yet, which needs none.</param>
    /// <param name="note">The checkpoint of the second tree.</param>
    /// <exception cref="ProofInputException">It is of another tree.</exception>
    public static WitnessRequest Create(ConsistencyProof? growth, SignedNote note)
    {
        var checkpoint = LogCheckpoint.Parse(note.Text);
        return growth is null || (growth.SecondCount == checkpoint.Size && growth.SecondRoot == checkpoint.Root)
            ? new WitnessRequest(growth?.FirstCount ?? 0, growth?.Path ?? [], note, checkpoint)
            : throw new ProofInputException("The proof does not lead to the checkpoint's tree.");
    }

    /// <exception cref="FormatException">It is no such request; the message says why.</exception>
    public static WitnessRequest Read(ReadOnlySpan<byte> body)
    {
        var text = SignedNote.Decode(body);
        var split = text.IndexOf("\n\n", StringComparison.Ordinal);
        var lines = split < 0 ? [] : text[..split].Split('\n');
        if (lines.Length is 0 or > MaxPath + 1 || !lines[0].StartsWith("old ", StringComparison.Ordinal))
            throw new FormatException($"The body is a line 'old SIZE', at most {MaxPath} hashes, an empty line, and a checkpoint.");
        var note = SignedNote.Read(Encoding.UTF8.GetBytes(text[(split + 2)..]));
        return new WitnessRequest(LogCheckpoint.ParseSize(lines[0][4..]), [.. lines.Skip(1).Select(Hash)], note, LogCheckpoint.Parse(note.Text));
    }

    /// <summary>The request's body.</summary>
    public byte[] Write()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"old {OldSize}\n");
        foreach (var hash in Path)
            text.Append(Convert.ToBase64String(hash)).Append('\n');
        return [.. Encoding.UTF8.GetBytes(text.Append('\n').ToString()), .. Note.Write()];
    }

    /// <summary>Whether the proof leads from a root of the old size to the checkpoint's.</summary>
    internal bool Follows(byte[] oldRoot) =>
        (OldSize > 0 || Path.Count == 0) && new ConsistencyProof(OldSize, oldRoot, Checkpoint.Size, Convert.FromHexString(Checkpoint.Root), Path).IsValid;

    private static byte[] Hash(string line)
    {
        var hash = new byte[TreeHash.Size];
        return StrictBase64.TryDecode(line, hash) ? hash : throw new FormatException("A line of the proof is not 32 bytes in Base64.");
    }
}
