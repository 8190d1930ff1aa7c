using System.Buffers.Text;
using Granary.Vault.Canonical;

namespace Granary.Vault.Psmc.Events;

/// <summary>What a stored event line says, read without trust. Members that are missing or of another type are null.</summary>
internal sealed class PsmcEvent
{
    /// <summary>True when the line is in canonical form already.</summary>
    public bool IsCanonical { get; private init; }

    public string? Id { get; private set; }

    public string? Hash { get; private set; }

    /// <summary>The hash as it follows from everything else in the event.</summary>
    public string ComputedHash { get; private set; } = "";

    public string? PreviousHash { get; private set; }

    public long? Sequence { get; private set; }

    public string? Type { get; private set; }

    public string? Timestamp { get; private set; }

    /// <summary>What the time is called in the events of the other format, which timelines read as well.</summary>
    public string? TimestampUtc { get; private set; }

    public bool HasDataObject { get; private set; }

    /// <summary>For a key rotation: the ids of the old and the new key.</summary>
    public (string? Old, string? New)? Rotation { get; private set; }

    /// <summary>For a key rotation: its canonical data.</summary>
    public byte[]? RotationData { get; private set; }

    /// <summary>The type of the event that records a key rotation.</summary>
    public const string RotationType = "migration";

    /// <summary>Whether an event records a key rotation, by its type and its canonical data.</summary>
    public static bool IsRotation(string type, ReadOnlySpan<byte> data) =>
        type == RotationType && CanonicalObject.TryGet(data, "action"u8, out var action) && action.SequenceEqual("\"key_rotation\""u8);

    /// <summary>Reads a line; null where it is not a JSON object.</summary>
    public static PsmcEvent? Read(ReadOnlySpan<byte> line, PooledBuffer scratch) => Read(line, scratch, out _);

    /// <summary>As the other one; <paramref name="text"/> is the event in canonical form, a view of the line or of the buffer.</summary>
    public static PsmcEvent? Read(ReadOnlySpan<byte> line, PooledBuffer scratch, out ReadOnlySpan<byte> text)
    {
        text = default;
        try
        {
            text = CanonicalJson.Read(line, scratch, EventLimits.MaxReadDepth);
        }
        catch (CanonicalJsonException)
        {
            return null;
        }
        if (text[0] != '{')
            return null;
        var read = new PsmcEvent { IsCanonical = text.SequenceEqual(line) };
        read.Fill(text);
        return read;
    }

    private void Fill(ReadOnlySpan<byte> text)
    {
        var members = new CanonicalObject(text);
        var (hashStart, hashEnd) = (-1, -1);
        var data = ReadOnlySpan<byte>.Empty;
        var isForeign = false;
        while (members.MoveNext())
        {
            var key = members.Key;
            if (key.SequenceEqual("hash"u8))
            {
                Hash = Text(members.Value);
                (hashStart, hashEnd) = (members.Start, members.End);
            }
            else if (key.SequenceEqual("data"u8))
            {
                data = members.Value;
                HasDataObject = data[0] == '{';
            }
            else if (key.SequenceEqual("id"u8))
                Id = Text(members.Value);
            else if (key.SequenceEqual("origin"u8))
                isForeign = true;
            else if (key.SequenceEqual("prev_hash"u8))
                PreviousHash = Text(members.Value);
            else if (key.SequenceEqual("seq"u8))
                Sequence = Number(members.Value);
            else if (key.SequenceEqual("timestamp"u8))
                Timestamp = Text(members.Value);
            else if (key.SequenceEqual("timestamp_utc"u8))
                TimestampUtc = Text(members.Value);
            else if (key.SequenceEqual("type"u8))
                Type = Text(members.Value);
        }
        // A rotation that was taken over from another vault changed that vault's key.
        if (Type is not null && HasDataObject && !isForeign && IsRotation(Type, data))
        {
            Rotation = (Member(data, "old_key_fingerprint"u8), Member(data, "new_key_fingerprint"u8));
            RotationData = data.ToArray();
        }
        ComputedHash = HashWithout(text, hashStart, hashEnd);
    }

    /// <summary>SHA-256 of the object without one of its members.</summary>
    private static string HashWithout(ReadOnlySpan<byte> text, int start, int end)
    {
        if (start < 0)
            return Sha256.Hex(text);
        // One of the two commas beside the member goes with it.
        if (text[end] == ',')
            end++;
        else if (text[start - 1] == ',')
            start--;
        using var without = new PooledBuffer(text.Length);
        without.Write(text[..start]);
        without.Write(text[end..]);
        return Sha256.Hex(without.Written);
    }

    internal static string? Text(ReadOnlySpan<byte> value) => value[0] == '"' ? JsonString.Read(value) : null;

    internal static long? Number(ReadOnlySpan<byte> value) =>
        Utf8Parser.TryParse(value, out long number, out var read) && read == value.Length ? number : null;

    private static string? Member(ReadOnlySpan<byte> data, ReadOnlySpan<byte> key) =>
        CanonicalObject.TryGet(data, key, out var value) ? Text(value) : null;
}
