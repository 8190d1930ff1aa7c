using System.Globalization;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Proofs;

namespace Granary.Vault.Transparency;

/// <summary>
/// Where a log's tree stands, as verifiers outside read it (c2sp.org/tlog-checkpoint): three lines, signed as a note. It says of the event tree what a
/// <see cref="SignedHead"/> says: <see cref="EventTree"/> is a tree of RFC 6962, so that its root needs no other form.
/// </summary>
/// <param name="Origin">The name of the log, unlike every other log's.</param>
/// <param name="Size">How many entries the tree holds.</param>
/// <param name="Root">Its root, 64 hex digits as everywhere else here.</param>
public sealed record LogCheckpoint(string Origin, long Size, string Root)
{
    /// <summary>Lines behind the first three; nobody here makes any.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];

    /// <summary>The note's text.</summary>
    public string Text => string.Create(
        CultureInfo.InvariantCulture,
        $"{Origin}\n{Size}\n{Convert.ToBase64String(Convert.FromHexString(Root))}\n{string.Concat(Extensions.Select(line => $"{line}\n"))}");

    /// <exception cref="FormatException">The text is not a checkpoint's; the message names the line.</exception>
    public static LogCheckpoint Parse(string text)
    {
        var lines = text.Split('\n');
        if (lines.Length < 4 || lines[^1].Length > 0 || lines[..^1].Any(line => line.Length == 0))
            throw new FormatException("A checkpoint has three lines at least: origin, size and root.");
        var root = new byte[TreeHash.Size];
        return StrictBase64.TryDecode(lines[2], root)
            ? new LogCheckpoint(lines[0], ParseSize(lines[1]), Convert.ToHexStringLower(root)) { Extensions = lines[3..^1] }
            : throw new FormatException("A checkpoint's third line is the tree's root, 32 bytes in Base64.");
    }

    /// <exception cref="FormatException">It is no signed note, or not one of a checkpoint.</exception>
    public static LogCheckpoint Read(ReadOnlySpan<byte> note) => Parse(SignedNote.Read(note).Text);

    /// <summary>Signs it as the log of its origin.</summary>
    public SignedNote Sign(SigningKey key) => new(Text, [NoteSignature.Sign(Text, Origin, key)]);

    /// <summary>A size as the specifications write it: digits, no zero in front.</summary>
    internal static long ParseSize(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && (text.Length == 1 || text[0] != '0')
            ? size
            : throw new FormatException("A size is a number in decimal digits, with no zero in front.");
}
