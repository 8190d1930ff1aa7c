using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Granary.Vault.Keys;

namespace Granary.Vault.Transparency;

/// <summary>A line under a note: who signed, and the id of the key with the signature behind it.</summary>
/// <param name="Name">The key's name.</param>
/// <param name="Bytes">Four bytes of id, and the signature.</param>
public sealed record NoteSignature(string Name, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The key's id.</summary>
    public uint KeyId => BinaryPrimitives.ReadUInt32BigEndian(Bytes.Span);

    /// <summary>The line, with its line feed.</summary>
    public string Line => $"{SignedNote.Dash}{Name} {Convert.ToBase64String(Bytes.Span)}\n";

    /// <summary>A log's signature of a text.</summary>
    public static NoteSignature Sign(string text, string name, SigningKey key) =>
        Sign(new NoteKey(name, NoteKeyKind.Log, key.PublicKey), Encoding.UTF8.GetBytes(text), [], key);

    /// <summary>A witness's signature of a text.</summary>
    public static NoteSignature Cosign(string text, string name, SigningKey key, DateTimeOffset time)
    {
        var stamp = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(stamp, time.ToUnixTimeSeconds());
        return Sign(new NoteKey(name, NoteKeyKind.Witness, key.PublicKey), Cosigned(text, time.ToUnixTimeSeconds()), stamp, key);
    }

    /// <summary>Whether it claims to be by a key. Only <see cref="IsBy"/> tells whether it is.</summary>
    public bool Claims(NoteKey key) => Name == key.Name && KeyId == key.Id;

    /// <summary>Whether it is a key's signature of a text, and when a witness made it.</summary>
    public bool IsBy(NoteKey key, string text, out DateTimeOffset? time)
    {
        time = null;
        var signature = Bytes.Span[sizeof(uint)..];
        if (!Claims(key))
            return false;
        if (key.Kind == NoteKeyKind.Log)
            return key.Key.Verify(Encoding.UTF8.GetBytes(text), signature);
        if (signature.Length != sizeof(long) + SigningKey.SignatureLength)
            return false;
        var seconds = BinaryPrimitives.ReadInt64BigEndian(signature);
        // Beyond the year 9999 there is no date to compare with.
        if (seconds is < 0 or > 253402300799 || !key.Key.Verify(Cosigned(text, seconds), signature[sizeof(long)..]))
            return false;
        time = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return true;
    }

    private static byte[] Cosigned(string text, long seconds) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {seconds}\n{text}"));

    private static NoteSignature Sign(NoteKey signer, byte[] message, byte[] before, SigningKey key)
    {
        var bytes = new byte[sizeof(uint) + before.Length + SigningKey.SignatureLength];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, signer.Id);
        before.CopyTo(bytes.AsSpan(sizeof(uint)));
        key.Sign(message, bytes.AsSpan(sizeof(uint) + before.Length));
        return new NoteSignature(signer.Name, bytes);
    }
}

/// <summary>A text with the signatures of several keys (c2sp.org/signed-note). Signatures of keys that nobody asks for are left alone.</summary>
public sealed class SignedNote
{
    /// <summary>What a signature line begins with.</summary>
    internal const string Dash = "\u2014 ";

    /// <summary>A checkpoint with a hundred witnesses fits into this.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxSignatures = 128;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A note; its text ends with a line feed.</summary>
    public SignedNote(string text, IReadOnlyList<NoteSignature> signatures)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(text.EndsWith('\n'), true, nameof(text));
        (Text, Signatures) = (text, signatures);
    }

    /// <summary>What is signed, with its last line feed.</summary>
    public string Text { get; }

    /// <summary>The signatures, in their order.</summary>
    public IReadOnlyList<NoteSignature> Signatures { get; }

    /// <exception cref="FormatException">It is no signed note; the message says why.</exception>
    public static SignedNote Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
            throw new FormatException($"A signed note has at most {MaxBytes} bytes.");
        var note = Decode(bytes);
        var end = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0 || !note.EndsWith('\n') || end + 2 == note.Length)
            throw new FormatException("A signed note is a text, an empty line, and lines of signatures, each with a line feed.");
        return new SignedNote(note[..(end + 1)], ReadSignatures(note[(end + 2)..]));
    }

    /// <summary>Reads lines of signatures.</summary>
    /// <exception cref="FormatException">One is no such line.</exception>
    public static IReadOnlyList<NoteSignature> ReadSignatures(string lines)
    {
        var signatures = new List<NoteSignature>();
        foreach (var line in lines.Split('\n')[..^1])
        {
            var parts = line.Split(' ');
            var bytes = new byte[line.Length];
            if (parts.Length != 3 || parts[0] != Dash[..1] || !NoteKey.IsName(parts[1]) || !Convert.TryFromBase64String(parts[2], bytes, out var length)
                || length <= sizeof(uint) || Convert.ToBase64String(bytes.AsSpan(0, length)) != parts[2])
                throw new FormatException("A line under a signed note is no signature: it is an em dash, a name, and Base64.");
            signatures.Add(new NoteSignature(parts[1], bytes.AsMemory(0, length)));
            if (signatures.Count > MaxSignatures)
                throw new FormatException($"A signed note has at most {MaxSignatures} signatures.");
        }
        return signatures;
    }

    /// <summary>The note's bytes.</summary>
    public byte[] Write() => Encoding.UTF8.GetBytes($"{Text}\n{string.Concat(Signatures.Select(signature => signature.Line))}");

    /// <summary>The note with one more signature.</summary>
    public SignedNote With(NoteSignature signature) => new(Text, [.. Signatures, signature]);

    /// <summary>Whether a key signed it. A line that claims so and is false makes the answer no, whatever another says.</summary>
    public bool IsSignedBy(NoteKey key) => IsSignedBy(key, out _);

    /// <summary>The same, with the time of a witness's signature; the youngest, where there are several.</summary>
    public bool IsSignedBy(NoteKey key, out DateTimeOffset? time)
    {
        time = null;
        var signed = false;
        foreach (var signature in Signatures.Where(signature => signature.Claims(key)))
        {
            if (!signature.IsBy(key, Text, out var at))
                return false;
            signed = true;
            time = time is null || at > time ? at : time;
        }
        return signed;
    }

    /// <summary>UTF-8 without control characters.</summary>
    internal static string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var text = Utf8.GetString(bytes);
            return text.AsSpan().IndexOfAnyInRange('\0', '\t') < 0 && text.AsSpan().IndexOfAnyInRange('\u000b', '\u001f') < 0
                ? text
                : throw new FormatException("A signed note has no control characters but line feeds.");
        }
        catch (DecoderFallbackException failure)
        {
            throw new FormatException("A signed note is UTF-8; these bytes are not.", failure);
        }
    }
}
