using Granary.Vault.Canonical;

namespace Granary.Tenants.Vaults.Views;

/// <summary>The members of a stored event that lists and filters look at, in either format, as canonical JSON; empty where they are missing.</summary>
internal ref struct EventFields
{
    private const int MaxDepth = 512;

    public ReadOnlySpan<byte> Id { get; private set; }

    public ReadOnlySpan<byte> Type { get; private set; }

    public ReadOnlySpan<byte> Actor { get; private set; }

    public ReadOnlySpan<byte> Namespace { get; private set; }

    public ReadOnlySpan<byte> Time { get; private set; }

    /// <summary>The payload, or a PSMC event's data.</summary>
    public ReadOnlySpan<byte> Payload { get; private set; }

    /// <summary>A PSMC event's labels.</summary>
    public ReadOnlySpan<byte> Tags { get; private set; }

    /// <summary>Reads a line; false where it is not a JSON object: verification reports those.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, PooledBuffer scratch, out EventFields view)
    {
        view = default;
        var text = line;
        // Almost every line is canonical as it is, and need not be written again.
        if (!CanonicalJson.IsCanonical(line, MaxDepth))
        {
            scratch.Clear();
            try
            {
                CanonicalJson.Write(line, scratch, MaxDepth);
            }
            catch (CanonicalJsonException)
            {
                return false;
            }
            text = scratch.Written;
        }
        if (text[0] != '{')
            return false;
        var members = new CanonicalObject(text);
        while (members.MoveNext())
            view.Take(members.Key, members.Value);
        return true;
    }

    /// <summary>The text of a member; null where it is missing or no text.</summary>
    public static string? Text(ReadOnlySpan<byte> value) => value.Length > 0 && value[0] == '"' ? JsonString.Read(value) : null;

    /// <summary>A text as canonical JSON, to compare members with.</summary>
    public static byte[] Canonical(string text)
    {
        using var buffer = new PooledBuffer(text.Length + 2);
        JsonString.Write(text, buffer);
        return buffer.Written.ToArray();
    }

    private void Take(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.SequenceEqual("event_id"u8) || key.SequenceEqual("id"u8))
            Id = value;
        else if (key.SequenceEqual("type"u8))
            Type = value;
        else if (key.SequenceEqual("actor"u8))
            Actor = value;
        else if (key.SequenceEqual("namespace"u8))
            Namespace = value;
        else if (key.SequenceEqual("timestamp_utc"u8) || key.SequenceEqual("timestamp"u8))
            Time = value;
        else if (key.SequenceEqual("payload"u8) || key.SequenceEqual("data"u8))
            Payload = value;
        else if (key.SequenceEqual("tags"u8))
            Tags = value;
    }
}
