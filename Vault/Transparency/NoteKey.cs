using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;

namespace Granary.Vault.Transparency;

/// <summary>What a key's signature under a note says; the values are those of c2sp.org/signed-note.</summary>
[SuppressMessage("Design", "CA1008", Justification = "The specification has no kind 0.")]
[SuppressMessage("Design", "CA1027", Justification = "Kinds are not combined.")]
public enum NoteKeyKind
{
    /// <summary>A log's: the note's text is its word.</summary>
    Log = 0x01,

    /// <summary>A witness's: it saw this tree at a time, and no other one of the same log (c2sp.org/tlog-cosignature, Ed25519).</summary>
    Witness = 0x04,
}

/// <summary>
/// A key as verifiers of signed notes are told it (c2sp.org/signed-note): <c>name+id+key</c>, the id eight hex digits, the key in Base64 behind a byte
/// for its kind.
/// </summary>
public sealed class NoteKey
{
    /// <summary>A name, and so an origin, is not longer than this; the specification leaves it open.</summary>
    public const int MaxNameLength = 512;

    private const string Form = "A verifier key is NAME+ID+KEY, for example example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k.";

    /// <exception cref="FormatException">The name cannot be one.</exception>
    public NoteKey(string name, NoteKeyKind kind, PublicKey key)
    {
        if (!IsName(name))
            throw new FormatException($"A key's name has 1 to {MaxNameLength} characters, without spaces, control characters and '+'.");
        (Name, Kind, Key) = (name, kind, key);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', (byte)kind, .. key.Raw], hash);
        Id = BinaryPrimitives.ReadUInt32BigEndian(hash);
    }

    /// <summary>Its name; a log's is its origin.</summary>
    public string Name { get; }

    /// <summary>What it signs.</summary>
    public NoteKeyKind Kind { get; }

    /// <summary>The key itself.</summary>
    public PublicKey Key { get; }

    /// <summary>The id that stands before a signature; with the name it says which key it is, and proves nothing.</summary>
    public uint Id { get; }

    /// <summary>Whether a text can be a key's name.</summary>
    public static bool IsName([NotNullWhen(true)] string? text) => text is { Length: > 0 and <= MaxNameLength }
        && !text.Any(c => c == '+' || char.IsWhiteSpace(c) || char.IsControl(c) || char.IsSurrogate(c));

    /// <exception cref="FormatException">It is no verifier key, or one of a kind that is not known here; the message says which.</exception>
    public static NoteKey Parse(string text)
    {
        // Base64 may hold '+' itself, a name may not.
        var parts = text.Trim().Split('+', 3);
        Span<byte> raw = stackalloc byte[1 + PublicKey.Length];
        if (parts.Length != 3 || !StrictBase64.TryDecode(parts[2], raw)
            || !uint.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) || parts[1].Length != 8)
            throw new FormatException(Form);
        if (raw[0] is not ((byte)NoteKeyKind.Log or (byte)NoteKeyKind.Witness))
            throw new FormatException($"The verifier key is of the kind {raw[0]}; Ed25519 keys of logs (1) and of witnesses (4) are known here.");
        var key = new NoteKey(parts[0], (NoteKeyKind)raw[0], PublicKey.FromRaw(raw[1..]));
        return key.Id == id ? key : throw new FormatException("The verifier key's id is not that of its name and key: it was changed.");
    }

    /// <summary>The verifier key.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}+{Id:x8}+{Convert.ToBase64String([(byte)Kind, .. Key.Raw])}");
}
