using System.Security.Cryptography;
using Granary.Vault.Canonical;

namespace Granary.Vault.Psmc.Events;

/// <summary>An event that has been checked and brought into canonical form; what is left depends on its place in the log.</summary>
public sealed class PreparedEvent
{
    private PreparedEvent(string type, byte[] data, byte[]? tags, BridgePayload? bridge)
    {
        Type = type;
        Data = data;
        Tags = tags;
        Bridge = bridge;
    }

    /// <summary>The event's type.</summary>
    public string Type { get; }

    /// <summary>Its data in canonical form.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Its labels as a canonical array, or null where it has none.</summary>
    internal byte[]? Tags { get; }

    /// <summary>For an event of another vault: where it comes from, a canonical object; otherwise null.</summary>
    internal byte[]? Origin { get; private init; }

    /// <summary>What its bridge event says, where it has one.</summary>
    internal BridgePayload? Bridge { get; }

    /// <summary>True when it has a bridge event.</summary>
    public bool HasBridge => Bridge is not null;

    /// <summary>Bytes that wait while it waits.</summary>
    public int Size => Data.Length + (Tags?.Length ?? 0);

    /// <summary>Checks an event.</summary>
    /// <param name="type">Any type of 1 to 128 letters, digits, <c>.</c>, <c>_</c> and <c>-</c>: the format's nine, Provara's core types, or one's own.</param>
    /// <param name="data">A JSON object in UTF-8.</param>
    /// <param name="tags">Labels; null and empty are the same.</param>
    /// <param name="emitBridge">True to write a bridge event too; then what the reducer reads must suit it.</param>
    /// <exception cref="PsmcInputException">The event cannot be appended.</exception>
    public static PreparedEvent Create(string type, ReadOnlySpan<byte> data, IReadOnlyList<string>? tags = null, bool emitBridge = false)
    {
        CheckType(type);
        var canonical = Canonicalize(data);
        return new PreparedEvent(type, canonical, WriteTags(tags), emitBridge ? BridgePayload.From(type, canonical) : null);
    }

    /// <summary>An event of another vault, taken over as it is; its parts come from a line that was verified.</summary>
    internal static PreparedEvent Foreign(string type, byte[] data, byte[]? tags, byte[] origin)
    {
        CheckType(type);
        return new PreparedEvent(type, data, tags, null) { Origin = origin };
    }

    /// <summary>An event that a client appends: as any other, and no record of a key rotation, which only a rotation writes.</summary>
    /// <exception cref="PsmcInputException">The event cannot be appended.</exception>
    public static PreparedEvent Append(string type, ReadOnlySpan<byte> data, IReadOnlyList<string>? tags = null, bool emitBridge = false)
    {
        var prepared = Create(type, data, tags, emitBridge);
        return PsmcEvent.IsRotation(type, prepared.Data.Span)
            ? throw new PsmcInputException(
                "data.action \"key_rotation\" in an event of type migration records a key rotation, and the vault would not verify without one: use rotate_key, or name the action differently.")
            : prepared;
    }

    /// <summary>A digest of all that the caller said: 64 hex digits.</summary>
    public string ContentDigest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.ASCII.GetBytes($"{Type}\n{HasBridge}\n{Data.Length}\n"));
        hash.AppendData(Data.Span);
        hash.AppendData(Tags ?? []);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void CheckType(string type)
    {
        if (string.IsNullOrEmpty(type))
            throw new PsmcInputException("event_type is required, for example \"note\".");
        if (type.Length > EventLimits.MaxTypeLength)
            throw new PsmcInputException($"event_type is too long: at most {EventLimits.MaxTypeLength} characters.");
        foreach (var c in type)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
                throw new PsmcInputException("event_type may hold only letters, digits, '.', '_' and '-', for example \"note\" or \"com.example.order\".");
        }
    }

    private static byte[] Canonicalize(ReadOnlySpan<byte> data)
    {
        if (data.Length > EventLimits.MaxBytes)
            throw TooLarge(data.Length);
        byte[] canonical;
        try
        {
            canonical = CanonicalJson.CanonicalizeUnique(data, EventLimits.MaxDepth);
        }
        catch (CanonicalJsonException failure)
        {
            throw new PsmcInputException($"data cannot be stored: {failure.Message}", failure);
        }
        if (canonical[0] != '{')
            throw new PsmcInputException("data must be an object.");
        return canonical.Length > EventLimits.MaxBytes ? throw TooLarge(canonical.Length) : canonical;
    }

    private static PsmcInputException TooLarge(int length) =>
        new($"data is too large: at most {EventLimits.MaxBytes} bytes; this is {length}. Store a reference to it instead.");

    private static byte[]? WriteTags(IReadOnlyList<string>? tags)
    {
        if (tags is null || tags.Count == 0)
            return null;
        if (tags.Count > PsmcLimits.MaxTags)
            throw new PsmcInputException($"tags has too many items: at most {PsmcLimits.MaxTags}; these are {tags.Count}.");
        using var output = new PooledBuffer(256);
        for (var i = 0; i < tags.Count; i++)
        {
            if (tags[i] is null)
                throw new PsmcInputException($"tags[{i}] must be a string.");
            if (tags[i].Length > PsmcLimits.MaxTagLength)
                throw new PsmcInputException($"tags[{i}] is too long: at most {PsmcLimits.MaxTagLength} characters.");
            if (!JsonString.IsWellFormed(tags[i]))
                throw new PsmcInputException($"tags[{i}] holds half of a surrogate pair.");
            output.Write(i == 0 ? (byte)'[' : (byte)',');
            JsonString.Write(tags[i], output);
        }
        output.Write((byte)']');
        return output.Written.ToArray();
    }
}
