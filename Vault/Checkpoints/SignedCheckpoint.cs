using System.Buffers;
using System.Buffers.Text;
using Granary.Vault.Backpack;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;

namespace Granary.Vault.Checkpoints;

/// <summary>A checkpoint that was read and whose signature holds.</summary>
public sealed class SignedCheckpoint
{
    private readonly Dictionary<string, byte[]> _parts = new(StringComparer.Ordinal);

    private SignedCheckpoint(byte[] state) => State = state;

    /// <summary>How many events its state counts.</summary>
    public long EventCount { get; private init; }

    /// <summary>The id of the last of them, or null.</summary>
    public string? LastEventId { get; private init; }

    /// <summary>The vault's Merkle root before the checkpoint was written, or null.</summary>
    public string? MerkleRoot { get; private init; }

    /// <summary>The key that signed it.</summary>
    public required string KeyId { get; init; }

    /// <summary>When, as written.</summary>
    public string? SignedAt { get; private init; }

    /// <summary>The state: four sections and <c>metadata_partial</c>, canonical JSON.</summary>
    public ReadOnlyMemory<byte> State { get; }

    /// <summary>The head it can be resumed at, or null for a checkpoint of the reference, which lacks the evidence.</summary>
    public LogHead? Head { get; private set; }

    /// <summary>The states it carries for its writer, by name.</summary>
    public IReadOnlyDictionary<string, byte[]> Parts => _parts;

    /// <summary>Reads a checkpoint and verifies it.</summary>
    /// <param name="json">The document.</param>
    /// <param name="find">The public key of an id where its signature counts, otherwise null.</param>
    /// <exception cref="FormatException">It is no checkpoint, or not one to trust; the message says why.</exception>
    public static SignedCheckpoint Read(ReadOnlySpan<byte> json, Func<string, PublicKey?> find)
    {
        var text = Canonical(json);
        ReadOnlySpan<byte> count = default, resume = default, keyId = default, lastId = default, root = default, signature = default, signedAt = default, state = default;
        var (start, end) = (0, 0);
        var members = new CanonicalObject(text);
        while (members.MoveNext())
        {
            switch (members.Key)
            {
                case var key when key.SequenceEqual("event_count"u8): count = members.Value; break;
                case var key when key.SequenceEqual("granary_resume"u8): resume = members.Value; break;
                case var key when key.SequenceEqual("key_id"u8): keyId = members.Value; break;
                case var key when key.SequenceEqual("last_event_id"u8): lastId = members.Value; break;
                case var key when key.SequenceEqual("merkle_root"u8): root = members.Value; break;
                case var key when key.SequenceEqual("sig"u8):
                    signature = members.Value;
                    (start, end) = (members.Start, members.End);
                    break;
                case var key when key.SequenceEqual("signed_at_utc"u8): signedAt = members.Value; break;
                case var key when key.SequenceEqual("state"u8): state = members.Value; break;
            }
        }
        if (!Utf8Parser.TryParse(count, out long events, out var read) || read != count.Length || !PythonValue.IsString(keyId) || !PythonValue.IsObject(state))
            throw new FormatException("It lacks one of event_count, key_id and state, or one is of another type.");
        var signer = JsonString.Read(keyId);
        if (find(signer) is not { } publicKey)
            throw new FormatException($"Its key {signer} is not an active key of the vault.");
        if (!IsSigned(text, signature, start, end, publicKey))
            throw new FormatException($"Its signature is not that of key {signer}.");
        var checkpoint = new SignedCheckpoint(state.ToArray())
        {
            EventCount = events,
            KeyId = signer,
            LastEventId = TextOf(lastId),
            MerkleRoot = TextOf(root),
            SignedAt = TextOf(signedAt),
        };
        if (PythonValue.IsObject(resume))
            checkpoint.ReadResume(resume);
        return checkpoint;
    }

    private static ReadOnlySpan<byte> Canonical(ReadOnlySpan<byte> json)
    {
        if (json.Length > 0 && json[^1] == '\n')
            json = json[..^1];
        try
        {
            var text = CanonicalJson.IsCanonical(json, BackpackLimits.MaxReadDepth) ? json : CanonicalJson.Canonicalize(json, BackpackLimits.MaxReadDepth);
            return text[0] == '{' ? text : throw new FormatException("It is not a JSON object.");
        }
        catch (CanonicalJsonException failure)
        {
            throw new FormatException($"It is not JSON: {failure.Message}", failure);
        }
    }

    private static bool IsSigned(ReadOnlySpan<byte> text, ReadOnlySpan<byte> encoded, int start, int end, PublicKey key)
    {
        Span<byte> signature = stackalloc byte[SigningKey.SignatureLength];
        if (!PythonValue.IsString(encoded) || !StrictBase64.TryDecode(encoded[1..^1], signature))
            return false;
        using var signed = new PooledBuffer(text.Length);
        // One of the two commas beside the member goes with it; "sig" is never the first member.
        signed.Write(text[..(start - 1)]);
        signed.Write(text[end..]);
        return key.Verify(signed.Written, signature);
    }

    private void ReadResume(ReadOnlySpan<byte> resume)
    {
        var version = CanonicalObject.TryGet(resume, "version"u8, out var written) && Utf8Parser.TryParse(written, out int number, out _) ? number : 0;
        if (version != Checkpoint.ResumeVersion
            || !CanonicalObject.TryGet(resume, "position"u8, out var position) || !Utf8Parser.TryParse(position, out long at, out _)
            || !CanonicalObject.TryGet(resume, "head"u8, out var head) || TextOf(head) is not { } hash
            || !CanonicalObject.TryGet(resume, "parts"u8, out var parts) || !PythonValue.IsObject(parts))
            return;
        var members = new CanonicalObject(parts);
        while (members.MoveNext())
        {
            if (!PythonValue.IsString(members.Value))
                continue;
            var encoded = members.Value[1..^1];
            var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
            if (Base64.DecodeFromUtf8(encoded, decoded, out _, out var length) != OperationStatus.Done)
                throw new FormatException("A part of granary_resume is not Base64.");
            _parts[System.Text.Encoding.UTF8.GetString(members.Key)] = length == decoded.Length ? decoded : decoded[..length];
        }
        Head = new LogHead(at, hash);
    }

    private static string? TextOf(ReadOnlySpan<byte> value) => PythonValue.IsString(value) ? JsonString.Read(value) : null;
}
