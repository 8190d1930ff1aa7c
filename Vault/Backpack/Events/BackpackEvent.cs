using System.Buffers.Text;
using System.Security.Cryptography;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;

namespace Granary.Vault.Backpack.Events;

/// <summary>How an event's id follows from its content (specification 3.3).</summary>
public enum EventIdStyle
{
    /// <summary>It does not: the id, or the content, is not what the author wrote.</summary>
    None,

    /// <summary>Style A: from all but <c>event_id</c> and <c>sig</c>. What is written here.</summary>
    WithKey,

    /// <summary>Style B: without <c>actor_key_id</c> too, as the reference's command line does.</summary>
    BeforeKey,
}

/// <summary>
/// A view of a stored event line, read without trust: members that are missing or of another type are null. It points into the line, or into the
/// buffer the line was read with, and is valid as long as they are.
/// </summary>
public readonly ref struct BackpackEvent
{
    private const int IdDigits = 24;

    private readonly ReadOnlySpan<byte> _text;
    private readonly ReadOnlySpan<byte> _id;
    private readonly ReadOnlySpan<byte> _type;
    private readonly ReadOnlySpan<byte> _actor;
    private readonly ReadOnlySpan<byte> _keyId;
    private readonly ReadOnlySpan<byte> _namespace;
    private readonly ReadOnlySpan<byte> _logical;
    private readonly ReadOnlySpan<byte> _previous;
    private readonly ReadOnlySpan<byte> _timestamp;
    private readonly ReadOnlySpan<byte> _payload;
    private readonly ReadOnlySpan<byte> _signature;
    private readonly (int Start, int End) _keyIdAt;
    private readonly (int Start, int End) _idAt;
    private readonly (int Start, int End) _signatureAt;
    private readonly (int Start, int End) _payloadAt;

    /// <summary>Views an object that is known to be canonical.</summary>
    /// <param name="canonical">Its bytes, from <c>{</c> to <c>}</c>.</param>
    /// <param name="isCanonical">Whether the line it was read from was canonical too.</param>
    public BackpackEvent(ReadOnlySpan<byte> canonical, bool isCanonical = true)
    {
        _text = canonical;
        IsCanonical = isCanonical;
        var members = new CanonicalObject(canonical);
        while (members.MoveNext())
        {
            var key = members.Key;
            var value = members.Value;
            var at = (members.Start, members.End);
            if (key.SequenceEqual("actor"u8))
                _actor = value;
            else if (key.SequenceEqual("actor_key_id"u8))
            {
                _keyId = value;
                _keyIdAt = at;
            }
            else if (key.SequenceEqual("event_id"u8))
            {
                _id = value;
                _idAt = at;
            }
            else if (key.SequenceEqual("namespace"u8))
                _namespace = value;
            else if (key.SequenceEqual("payload"u8))
            {
                _payload = value;
                _payloadAt = at;
            }
            else if (key.SequenceEqual("prev_event_hash"u8))
                _previous = value;
            else if (key.SequenceEqual("schema_version"u8))
                IsSovereign = true;
            else if (key.SequenceEqual("sig"u8))
            {
                _signature = value;
                _signatureAt = at;
            }
            else if (key.SequenceEqual("timestamp_utc"u8))
                _timestamp = value;
            else if (key.SequenceEqual("ts_logical"u8))
                _logical = value;
            else if (key.SequenceEqual("type"u8))
                _type = value;
        }
    }

    /// <summary>The whole event in canonical form.</summary>
    public ReadOnlySpan<byte> Text => _text;

    /// <summary>True when the line it was read from is in canonical form.</summary>
    public bool IsCanonical { get; }

    /// <summary>True for an event of the other schema that may stand in the same log (specification 3.13): no actor, no chain.</summary>
    public bool IsSovereign { get; }

    /// <summary><c>event_id</c>.</summary>
    public string? Id => Read(_id);

    /// <summary><c>type</c>.</summary>
    public string? Type => Read(_type);

    /// <summary><c>actor</c>, whose chain the event belongs to.</summary>
    public string? Actor => Read(_actor);

    /// <summary><c>actor_key_id</c>, the key that is said to have signed it.</summary>
    public string? KeyId => Read(_keyId);

    /// <summary><c>namespace</c>.</summary>
    public string? Namespace => Read(_namespace);

    /// <summary><c>ts_logical</c>, the actor's own counter; many writers leave it out.</summary>
    public long? LogicalTime => Utf8Parser.TryParse(_logical, out long number, out var read) && read == _logical.Length ? number : null;

    /// <summary><c>prev_event_hash</c>: the id, not a hash, of the actor's event before it.</summary>
    public string? PreviousId => Read(_previous);

    /// <summary>True when it says that there is no event of its actor before it.</summary>
    public bool IsFirstOfActor => _previous.IsEmpty || _previous.SequenceEqual("null"u8);

    /// <summary><c>timestamp_utc</c> as written.</summary>
    public string? Timestamp => Read(_timestamp);

    /// <summary><c>payload</c> in canonical form, empty when there is none.</summary>
    public ReadOnlySpan<byte> Payload => _payload;

    /// <summary><c>sig</c> as written, Base64.</summary>
    public string? Signature => Read(_signature);

    /// <summary>True when there is a signature of any form, valid or not.</summary>
    public bool HasSignature => _signature.StartsWith("\""u8);

    /// <summary>True when the payload has been redacted (specification 3.9): then the id does not follow from the content any more.</summary>
    public bool IsTombstone => HasPayloadObject && CanonicalObject.TryGet(_payload, "redacted"u8, out var redacted) && redacted.SequenceEqual("true"u8);

    /// <summary>True when the payload is an object.</summary>
    public bool HasPayloadObject => !_payload.IsEmpty && _payload[0] == '{';

    /// <summary>True when the id has the form of a hash of the content, whether it is one or not.</summary>
    public bool HasHashedId => _id.Length == IdDigits + 6 && _id.StartsWith("\"evt_"u8);

    /// <summary>Whether the type is this one, without making a string of it.</summary>
    public bool IsType(ReadOnlySpan<byte> type) => Is(_type, type);

    /// <summary>Whether the id is this one, without making a string of it.</summary>
    public bool HasId(ReadOnlySpan<byte> id) => Is(_id, id);

    /// <summary>A text member of the payload, or null.</summary>
    public string? PayloadText(ReadOnlySpan<byte> key) =>
        HasPayloadObject && CanonicalObject.TryGet(_payload, key, out var value) ? Read(value) : null;

    /// <summary>Reads a line; false where it is not a JSON object.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, PooledBuffer scratch, out BackpackEvent written)
    {
        written = default;
        ReadOnlySpan<byte> text;
        try
        {
            text = CanonicalJson.Read(line, scratch, EventLimits.MaxReadDepth);
        }
        catch (CanonicalJsonException)
        {
            return false;
        }
        if (text[0] != '{')
            return false;
        written = new BackpackEvent(text, text.SequenceEqual(line));
        return true;
    }

    /// <summary>How the id follows from the content. A tombstone's never does: what it was computed from is gone.</summary>
    public EventIdStyle FindIdStyle()
    {
        if (!HasHashedId)
            return EventIdStyle.None;
        if (IsIdOf(withKey: true))
            return EventIdStyle.WithKey;
        return !_keyId.IsEmpty && IsIdOf(withKey: false) ? EventIdStyle.BeforeKey : EventIdStyle.None;
    }

    /// <summary>Appends what the signature is over: the event without <c>sig</c>.</summary>
    public void WriteSigned(PooledBuffer output) => CopyWithout(output, withKey: true, withId: true);

    /// <summary>True when <c>sig</c> is strict Base64 of <paramref name="key"/>'s signature of the event.</summary>
    public bool IsSignedBy(PublicKey key)
    {
        Span<byte> signature = stackalloc byte[SigningKey.SignatureLength];
        if (_signature.Length < 2 || _signature[0] != '"' || !StrictBase64.TryDecode(_signature[1..^1], signature))
            return false;
        using var signed = new PooledBuffer(_text.Length);
        WriteSigned(signed);
        return key.Verify(signed.Written, signature);
    }

    /// <summary>The event's hash in a log: SHA-256 of id and signature as written, in hex. Redaction does not change it.</summary>
    public string EntryHash()
    {
        using var hashed = new PooledBuffer(256);
        hashed.Write(Inner(_id));
        hashed.Write(Inner(_signature));
        return Sha256.Hex(hashed.Written);
    }

    /// <summary>The same event with another payload, in canonical form; its id and signature do not fit any more.</summary>
    internal byte[] WithPayload(ReadOnlySpan<byte> payload) =>
        [.. _text[..(_payloadAt.End - _payload.Length)], .. payload, .. _text[_payloadAt.End..]];

    private bool IsIdOf(bool withKey)
    {
        using var hashed = new PooledBuffer(_text.Length);
        CopyWithout(hashed, withKey, withId: false);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Sha256.Hash(hashed.Written, digest);
        Span<byte> hex = stackalloc byte[IdDigits];
        return Convert.TryToHexStringLower(digest[..(IdDigits / 2)], hex, out _) && hex.SequenceEqual(_id[5..^1]);
    }

    private void CopyWithout(PooledBuffer output, bool withKey, bool withId)
    {
        var at = 0;
        // Canonical order is alphabetical: actor_key_id, event_id, sig.
        if (!withKey)
            at = Skip(output, at, _keyIdAt);
        if (!withId)
            at = Skip(output, at, _idAt);
        at = Skip(output, at, _signatureAt);
        output.Write(_text[at..]);
    }

    private int Skip(PooledBuffer output, int at, (int Start, int End) member)
    {
        if (member.End == 0)
            return at;
        output.Write(_text[at..member.Start]);
        if (_text[member.End] == ',')
            return member.End + 1;
        // The last member takes the comma before it along.
        if (output.Written[^1] == ',')
            output.Truncate(output.Length - 1);
        return member.End;
    }

    private static bool Is(ReadOnlySpan<byte> value, ReadOnlySpan<byte> text) =>
        value.Length == text.Length + 2 && value[0] == '"' && value[1..^1].SequenceEqual(text);

    private static ReadOnlySpan<byte> Inner(ReadOnlySpan<byte> value) => value.Length >= 2 && value[0] == '"' ? value[1..^1] : default;

    private static string? Read(ReadOnlySpan<byte> value) => !value.IsEmpty && value[0] == '"' ? JsonString.Read(value) : null;
}
